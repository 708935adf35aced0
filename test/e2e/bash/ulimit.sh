#!/bin/bash
# Ulimit limits files, descriptors and CPU time.
(ulimit -f 4; trap '' XFSZ; head -c 100000 /dev/zero > big 2>/dev/null; echo $?; stat -c %s big)
(ulimit -f 4; head -c 100000 /dev/zero > big2; echo $?) 2>/dev/null
(ulimit -n 10; ulimit -n; exec 9</dev/null 8</dev/null && echo opened; exec {x}</dev/null || echo full) 2>/dev/null
(ulimit -t 1; while :; do :; done) 2>/dev/null; echo $?
ulimit -c; ulimit -S -n 512; ulimit -S -n; umask 027; touch m; stat -c %a m
(ulimit -v 200000; awk 'BEGIN { while (1) s = s s "xxxxxxxxxxxxxxxx" }' 2>/dev/null; echo $(($? != 0)))
