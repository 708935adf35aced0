#!/bin/bash
# Traps run for signals, errors, debugging and the end.
trap 'echo bye $?' EXIT
trap 'echo hup' HUP; trap 'echo int' INT; trap 'echo term' TERM; trap 'echo usr2' USR2
for s in HUP INT TERM USR2; do kill -$s $$; done
trap 'echo chld' CHLD; (exit 1); /bin/true; trap - CHLD
trap 'echo "err at status $?"' ERR; false; true
trap '' QUIT; bash -c 'kill -QUIT $$; echo ignored is inherited'
( trap 'echo sub bye' EXIT; echo in sub )
trap -p TERM
exit 9
