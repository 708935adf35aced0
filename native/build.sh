#!/bin/sh
# build.sh: compile the gateway addon, the warden with its embedded stub, the waiter and the front.
# Needs a C compiler and binutils, and node-api-headers from node_modules; downloads nothing.
# `build.sh install`, run by `npm install`, keeps what a package brought for this machine, if it works here.
# `build.sh stub DIR` makes only the stub, as stub.elf and stub.bin in DIR, for tests that look at it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out="$here/build"
cc=${CC:-cc}

# A package has no src. The addon is the one part that needs libraries of the machine.
brought_works() {
  [ ! -e "$here/../src" ] && [ "$(cat "$out/machine" 2>/dev/null)" = "$(uname -m)" ] || return 1
  for node in "$here"/../node_modules/node-linux-*/bin/node "$here"/../../node-linux-*/bin/node; do
    [ -x "$node" ] && "$node" -e 'process.dlopen({ exports: {} }, process.argv[1])' "$out/gateway.node" && return
  done
  return 1
}

if [ "${1:-}" = install ] && brought_works; then
  exit
fi

if ! command -v "$cc" >/dev/null 2>&1; then
  echo "tvisor: no C compiler found ($cc). Install one (Debian: apt-get install gcc libc6-dev), then run npm install again." >&2
  exit 1
fi
# In a checkout the packages are ours; installed as a package, they may be our neighbours.
for modules in "$here/../node_modules" "$here/../.."; do
  headers="$modules/node-api-headers/include"
  [ -f "$headers/node_api.h" ] && break
done
if [ ! -f "$headers/node_api.h" ]; then
  echo "tvisor: node-api-headers is missing. Run npm install in the project's folder; it brings them." >&2
  exit 1
fi

warn="-std=gnu11 -O2 -Wall -Wextra -Werror"

# The stub is entered by signals from arbitrary guest states: general registers only, no libc, no
# stack protector (its canary lives in guest TLS), no jump tables (they are data).
build_stub() {
  "$cc" $warn -ffreestanding -fpie -mgeneral-regs-only -fno-stack-protector -fcf-protection=none \
    -fno-jump-tables -fno-builtin -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables \
    -fno-omit-frame-pointer -c "$here/stub/stub.c" -o "$1/stub.o"
  ld -nostdlib -static -T "$here/stub/stub.ld" "$1/stub.o" -o "$1/stub.elf"
  objcopy -O binary -j .blob "$1/stub.elf" "$1/stub.bin"
}

if [ "${1:-}" = stub ]; then
  build_stub "$2"
  exit
fi

mkdir -p "$out"
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
build_stub "$work"

"$cc" $warn -static -no-pie -fno-pie -fno-stack-protector -DSTUB_BLOB="\"$work/stub.bin\"" \
  "$here/stub/warden.c" -o "$work/warden"
"$cc" $warn -fPIC -shared -fvisibility=hidden -DNAPI_VERSION=9 -isystem "$headers" \
  "$here"/gateway/*.c -o "$work/gateway.node"

"$cc" $warn -static "$here/waiter.c" -o "$work/waiter"
"$cc" $warn -static "$here"/front/*.c -o "$work/front"

mv "$work/warden" "$out/tvisor-warden"
mv "$work/waiter" "$out/tvisor-waiter"
mv "$work/front" "$out/tvisor-front"
mv "$work/gateway.node" "$out/gateway.node"
uname -m >"$out/machine"
