#!/bin/bash
# tail -f follows a writer, timeout ends programs, tee and mkfifo connect them.
touch log; (for i in 1 2 3 4; do sleep 0.1; echo line $i; done >> log) & writer=$!; timeout 3 tail -n +1 -s 0.05 -f --pid=$writer log; echo $?
(sleep 0.2; echo late > new; sleep 0.2; mv new old; echo again > new; sleep 0.4; echo end >> new) & timeout 4 tail -q -F -s 0.05 new 2>/dev/null | head -n 3
timeout 0.2 sleep 5; echo $?; timeout -s KILL 0.2 sleep 5; echo $?; timeout -k 0.2 0.2 bash -c 'trap "" TERM; sleep 5 & wait; wait; sleep 2'; echo $?; timeout 5 true; echo $?; timeout --preserve-status 0.1 sleep 3; echo $?; timeout 1 /nonexistent 2>/dev/null; echo $?
mkfifo p; (echo through; sleep 0.1; echo pipe) > p & cat p; wait; cat p & echo other > p; wait; timeout 0.2 cat p; echo $?
nohup sh -c 'echo hup' 2>/dev/null; nice -n 5 nice; env -u HOME sh -c 'echo ${HOME-unset}'; env -C /usr pwd; stdbuf -oL echo buffered; printenv LANG; nproc --ignore=999; arch; uname -s; id -un; groups root; whoami; hostid | wc -c; pathchk ok; logname 2>/dev/null; sleep 0.1 0.05; yes | head -n 2; seq -w 8 10; seq 0 .25 1; seq -s, 5; expr 5 \* 7; test 1 -lt 2; echo $?; mktemp -u XXXX | wc -c; d=$(mktemp -d); stat -c %a $d; f=$(mktemp --suffix=.x); stat -c '%a %s' $f; rm -r $d $f; tty; echo $?; stty 2>/dev/null; echo $?
