#!/bin/bash
# Set -e, -u and pipefail stop a script.
bash -c 'set -e; echo a; false; echo b'; echo $?
bash -c 'set -u; echo $nothing; echo b' 2>/dev/null; echo $?
bash -c 'set -eo pipefail; false | true; echo b'; echo $?
bash -c 'set -e; if false; then :; fi; false || true; echo c'; echo $?
bash -c 'set -eE; trap "echo trapped" ERR; f() { false; }; f'; echo $?
