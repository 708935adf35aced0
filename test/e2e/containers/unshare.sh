#!/bin/bash
# unshare and nsenter make and enter namespaces.
# packages: util-linux procps
unshare -r id; unshare -Ur sh -c 'id -u; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups'
unshare -U id -u; unshare --map-user=7 --map-group=8 id; unshare -u sh -c 'hostname inside; hostname'
unshare -pf --mount-proc sh -c 'ps -o pid,ppid,pgid,args; echo $$; readlink /proc/self' | tr -s ' '
unshare -Urpf --mount-proc --kill-child sh -c 'sleep 100 & sleep 0.3; ps -o pid=,comm= ; kill $!; wait' | tr -s ' '
unshare -m sh -c 'mount -t tmpfs t /mnt; touch /mnt/x; ls /mnt; findmnt -no PROPAGATION /mnt'; ls /mnt/x 2>&1
unshare -i ipcs -q | grep -c 0x; unshare -C cat /proc/self/cgroup | tail -1
unshare -n sh -c 'ls /proc/self/net/dev > /dev/null && tail -n +3 /proc/net/dev | cut -d: -f1'
unshare -u --uts=name true 2>/dev/null; touch uts; unshare --uts=$PWD/uts hostname kept; nsenter --uts=$PWD/uts hostname; umount uts
unshare -pf --mount-proc sleep 100 & for i in 1 2 3 4 5 6 7 8 9; do child=$(pgrep -P $! sleep) && break; sleep 0.1; done
nsenter -t $child -p -m ps -o pid=,args= -e | grep -v nsenter | sed 's/^ *//;s/^[0-9][0-9]* ps/N ps/'; kill -9 $child; wait 2>/dev/null; echo $?
