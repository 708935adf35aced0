#!/bin/bash
# Pipelines give their statuses.
false | true | (exit 3) | cat; echo "${PIPESTATUS[*]}"
set -o pipefail; false | true; echo $?
yes | head -n 3; echo "${PIPESTATUS[*]}"
seq 1 100000 | sort -rn | awk '{ s += $1 } END { print s }'
for i in $(seq 20); do echo $i | cat | cat | cat; done | tail -n 1
