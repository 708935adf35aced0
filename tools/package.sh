#!/bin/sh
# package.sh [DIR]: make a tarball and a Debian package of this machine's kind in DIR (default: out), of
# a checkout that is built. Both hold the same tree, with the Node that tvisor runs on: nothing is compiled
# or fetched where they are installed, and the tarball may be unpacked anywhere, by anybody.
# Reproducible: files have the time of the last commit (SOURCE_DATE_EPOCH), and belong to root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
out=${1:-$root/out}

# bin/tvisor and the pinned Node call the machines so, Debian so.
case $(uname -m) in
  x86_64) machine=x64 debian=amd64 ;;
  aarch64) machine=arm64 debian=arm64 ;;
  *) echo "package.sh: no tvisor for $(uname -m): it runs on x86_64 and aarch64" >&2; exit 1 ;;
esac
node=$root/node_modules/node-linux-$machine
for needed in "$root/dist/cli/main.cjs" "$root/native/build/gateway.node" "$node/bin/node"; do
  if [ ! -e "$needed" ]; then
    echo "package.sh: $needed is missing: run npm install in the checkout first" >&2
    exit 1
  fi
done

# Of gzip: what is only tried out can be made quickly.
level=${LEVEL:-9}
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH="$epoch"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# The tree, where Debian has it.
stage=$work/stage
tree=$stage/usr/lib/tvisor
mkdir -p "$tree/bin" "$tree/dist" "$tree/native/build" "$tree/node_modules/node-linux-$machine/bin"
cp "$root/bin/tvisor" "$tree/bin/"
cp -r "$root/dist/cli" "$tree/dist/"
for name in gateway.node tvisor-warden tvisor-waiter tvisor-front; do cp "$root/native/build/$name" "$tree/native/build/"; done
cp -L "$node/bin/node" "$tree/node_modules/node-linux-$machine/bin/"
cp -L "$node/LICENSE" "$tree/node_modules/node-linux-$machine/"
cp "$root/README.md" "$root/LICENSE" "$root/SECURITY.md" "$tree/"
chmod -R u=rwX,go=rX "$stage"

archive=$out/tvisor-$version-linux-$machine.tar.gz
tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner \
  --transform "s,^tvisor,tvisor-$version," -C "$stage/usr/lib" -cf - tvisor | gzip -n -"$level" >"$archive"
echo "$archive"

if ! command -v dpkg-deb >/dev/null 2>&1; then
  echo "package.sh: no Debian package was made: there is no dpkg-deb (Debian: apt-get install dpkg)" >&2
  exit 0
fi
libc=$(objdump -T "$tree/native/build/gateway.node" "$tree"/node_modules/*/bin/node |
  sed -n 's/.*(\{0,1\}GLIBC_\([0-9.]*\).*/\1/p' | sort -uV | tail -1)
mkdir -p "$stage/usr/bin" "$stage/usr/share/doc/tvisor" "$stage/DEBIAN"
ln -s ../lib/tvisor/bin/tvisor "$stage/usr/bin/tvisor"
mv "$tree/LICENSE" "$stage/usr/share/doc/tvisor/copyright"
cat >"$stage/DEBIAN/control" <<END
Package: tvisor
Version: $version
Architecture: $debian
Maintainer: the tvisor authors <tvisor@localhost>
Installed-Size: $(du -sk "$stage/usr" | cut -f1)
Depends: libc6 (>= $libc), libstdc++6 (>= 9)
Section: admin
Priority: optional
Description: application kernel that runs containers and single programs
 A Linux kernel for one sandbox, as an ordinary process: what runs in it makes its system
 calls there, and not to this machine's kernel. It needs no privileges for single programs
 (tvisor do), and is a runtime of Docker, containerd and podman (tvisor install).
END
# Before it is removed, engines forget it: what they cannot start would stop them.
cat >"$stage/DEBIAN/prerm" <<'END'
#!/bin/sh
set -e
if [ "$1" = remove ]; then
  tvisor uninstall || true
fi
END
chmod 755 "$stage/DEBIAN/prerm"
find "$stage" -exec touch -h -d "@$epoch" {} +
package=$out/tvisor_${version}_$debian.deb
dpkg-deb --root-owner-group -Zgzip -z"$level" --build "$stage" "$package" >/dev/null
echo "$package"
