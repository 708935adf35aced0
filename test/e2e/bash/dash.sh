#!/usr/bin/dash
# Pipes, traps, here-documents and jobs.
# packages: dash
trap 'echo end' EXIT; trap 'echo usr1' USR1; kill -USR1 $$
x=$(seq 10 | while read -r n; do [ $((n % 2)) -eq 0 ] && echo $n; done); echo $x
cat <<E | tr a-z A-Z
value $((1 + 1)) $(echo sub)
E
sleep 0.1 & wait $!; echo $?; sleep 9 & kill $!; wait $!; echo $?
set -e; ! false; (exit 3) || echo "status $?"; f() { return 4; }; f || echo $?
set -- a b c; shift; echo $# "$*"; while getopts ab: o -a -b val; do echo $o $OPTARG; done
read -r l <<E
line
E
echo $l; ulimit -n 20; ulimit -n; exec 3>f; echo x >&3; cat f; test -p /dev/stdin || echo no pipe
