#!/bin/sh
# bundle.sh: make dist/cli/ when esbuild is there (a checkout). A published package brings it made.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -e "$here/bundle.ts" ] && [ -d "$here/../node_modules/esbuild" ] || exit 0
exec "$here/pinned-node" --no-warnings "$here/bundle.ts"
