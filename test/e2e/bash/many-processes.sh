#!/bin/bash
# A thousand processes one after the other.
for i in $(seq 300); do (exit $((i % 7))); s=$((s + $?)); done; echo $s
for i in $(seq 150); do /bin/true; done; for i in $(seq 40); do sleep 0.1 & done; wait; echo done
