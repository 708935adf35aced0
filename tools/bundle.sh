#!/bin/sh
# bundle.sh: make dist/cli/ when esbuild is there (a checkout; a published package brings it), and let
# it run once for each of its files, to keep the code that V8 compiles for this machine's Node.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -e "$here/bundle.ts" ] && [ -d "$here/../node_modules/esbuild" ]; then
  "$here/pinned-node" --no-warnings "$here/bundle.ts"
fi
dist="$here/../dist/cli"
[ -e "$dist/main.cjs" ] || exit 0
tvisor="$here/../bin/tvisor"

# What a first program does, so that what it needs is compiled. Where no sandbox can run, as in some
# image builders, at least what loading needs.
TVISOR_MAKE_CACHE=kernel "$tvisor" do -- sh -c 'ls -l / | cat; (exit 3) & wait' >/dev/null 2>&1 </dev/null ||
  TVISOR_MAKE_CACHE=kernel "$tvisor" do --help >/dev/null
mv "$dist/kernel.cache.next" "$dist/kernel.cache"

# A container's life, once for the code of its commands and once for that of its sandbox: of the machine's
# own root, below a layer in memory, with a seccomp profile, as an engine's have one.
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
ln -s / "$place/rootfs"
"$tvisor" spec --bundle "$place" -- sh -c 'ls -l / | cat; (exit 3) & wait' >/dev/null 2>&1 || true
seccomp='"seccomp": { "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{ "names": ["kexec_load"], "action": "SCMP_ACT_ERRNO" }] },'
sed -i "s|\"maskedPaths\"|$seccomp &|" "$place/config.json" || true
for made in tvisor boot; do
  TVISOR_MAKE_CACHE=$made "$tvisor" --root "$place/state" --overlay2 root:memory run --bundle "$place" "bundle-$$" >/dev/null 2>&1 </dev/null || true
  [ ! -e "$dist/$made.cache.next" ] || mv "$dist/$made.cache.next" "$dist/$made.cache"
done
