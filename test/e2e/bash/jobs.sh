#!/bin/bash
# Background jobs, wait -n and signals between processes.
for i in 3 1 2; do (sleep 0.$i; exit $i) & done; wait -n; echo $?; wait -n; echo $?; wait -n; echo $?; wait -n; echo $?
(trap 'echo child got usr1; exit 5' USR1; while :; do sleep 0.05; done) & sleep 0.2; kill -USR1 $!; wait $!; echo $?
sleep 50 & p=$!; kill -STOP $p; sleep 0.05; awk '{ print $3 }' /proc/$p/stat; kill -CONT $p; kill $p; wait $p; echo $?
(kill -SEGV $BASHPID) 2>/dev/null; echo $?
bash -c 'kill -9 $$'; echo $?
trap 'echo parent woken' USR1; (sleep 0.1; kill -USR1 $$) & wait; echo waited; wait; echo all
