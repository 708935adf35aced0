#!/bin/bash
# stat, touch, chmod, chown, date, du and df tell and change what files are.
umask 022; echo hello > f; touch -d '2020-01-02 03:04:05.678901234 UTC' f; stat -c '%n %s %F %a %A %h %x %y %X %Y %b %B %o' f
date -u -r f; date -u -r f +%s.%N; touch -r f g; stat -c %y g; touch -a -d @0 g; stat -c '%X %Y' g; touch -m -t 199912312359.59 g; stat -c %y g
touch -h -d @12345 l 2>/dev/null; ln -s f l; touch -h -d @12345 l; stat -c %Y l; stat -Lc %Y l
chmod u=rwx,g=rx,o= f; stat -c %a f; chmod a-x,u+s f; stat -c %A f; chmod 1777 .; stat -c %A .; chmod -R g-r .; stat -c %a f g; chmod +t,g+s .; stat -c %a .
[ "$(id -u)" = 0 ] && { chown 1000:2000 f; stat -c '%u %g %a' f; chown -h 5:6 l; stat -c '%u %g' l f | tail -n 2; chgrp 7 f; stat -c %g f; chown --from=1000 9 f; stat -c %u f; chown daemon: g; stat -c '%U %G' g; }
mkdir d; head -c 300000 /dev/urandom > d/x; du -b --apparent-size d/x; du -k d/x; du -s --inodes d; df . > /dev/null; echo $?; df /nonexistent 2>/dev/null; echo $?; df --output=target /proc | tail -n 1
stat -f -c '%T' /proc /dev/shm /sys; stat -c '%t %T %F' /dev/null /dev/zero /dev/tty; stat -c %F /dev/stdin /dev/fd/; test -s f && test ! -e nn && test -x . && test g -ot f; echo $?; test f -ef ./f; echo $?
stat -c %i f | grep -c .; ls -la --time-style=+%Y f | awk '{ print $1, $5, $6 }'; ls -i f | grep -c ' f'; ls -1 --color=always -d d | od -c | head -n 2; ls -lh --full-time d/x | awk '{ print $5 }'
