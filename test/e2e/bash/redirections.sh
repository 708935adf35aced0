#!/bin/bash
# Redirections of descriptors.
exec 3> out 4< <(seq 3); echo to three >&3; read -r x <&4; echo $x; exec 3>&- ; cat out; cat <&4; exec 4<&-
exec 5<> rw; echo hello >&5; exec 5>&-; cat rw
{ echo o; echo e >&2; } 2>&1 >/dev/null | sed s/^/err:/
echo more >> out; wc -l < out; set -C; echo no > out; echo "noclobber $?"; set +C
ls /nonexistent &> both; wc -l < both; echo x 2>&1 1>&2 2>/dev/null >&1
exec {fd}> named; echo $((fd >= 10)); echo n >&$fd; cat named
true >&9; echo "bad descriptor $?"
exec < /dev/null; read x; echo "end of file $?"
