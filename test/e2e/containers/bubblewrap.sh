#!/bin/bash
# bubblewrap runs a program in a container of its own.
# packages: bubblewrap procps
bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp -- sh -c 'id -u; ps -o args= -p 2; touch /x 2>&1; ls /tmp; ls /dev | grep -v core | tr "\n" " "; echo; tail -n +3 /proc/net/dev | cut -d: -f1'
bwrap --unshare-user --uid 1234 --gid 4321 --ro-bind / / -- id
bwrap --unshare-uts --hostname boxed --ro-bind / / -- hostname
bwrap --bind / / --ro-bind /etc /etc -- sh -c 'touch /etc/x 2>&1; touch here; ls here'
bwrap --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin --proc /proc --dir /tmp --chdir /tmp --clearenv --setenv A b -- /bin/sh -c 'pwd; echo $A $HOME; ls /'
bwrap --unshare-pid --die-with-parent --ro-bind / / --proc /proc -- sh -c 'echo $$; exit 7'; echo $?
bwrap --ro-bind / / --tmpfs /home --dir /home/me --file 9 /home/me/f 9<<< hello -- cat /home/me/f
