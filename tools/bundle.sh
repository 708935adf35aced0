#!/bin/sh
# bundle.sh: make dist/cli/ when esbuild is there (a checkout; a published package brings it), and let
# it run once to keep the code that V8 compiles for this machine's Node.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -e "$here/bundle.ts" ] && [ -d "$here/../node_modules/esbuild" ]; then
  "$here/pinned-node" --no-warnings "$here/bundle.ts"
fi
dist="$here/../dist/cli"
[ -e "$dist/main.cjs" ] || exit 0

# What a first program does, so that what it needs is compiled. Where no sandbox can run, as in some
# image builders, at least what loading needs.
tvisor="$here/../bin/tvisor"
export TVISOR_MAKE_CACHE="$dist/tvisor.cache.next"
"$tvisor" do -- sh -c 'ls -l / | cat; (exit 3) & wait' >/dev/null 2>&1 </dev/null ||
  "$tvisor" do --help >/dev/null
mv "$TVISOR_MAKE_CACHE" "$dist/tvisor.cache"
