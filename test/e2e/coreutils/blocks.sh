#!/bin/bash
# dd, truncate, od, head and tail work on blocks, holes and devices.
dd if=/dev/zero of=z bs=1M count=8 status=none; stat -c %s z; dd if=z bs=4k count=3 skip=1 status=none | wc -c; printf abcdef | dd bs=1 skip=2 count=3 status=none; echo
printf XY | dd of=z bs=1 seek=100 conv=notrunc status=none; od -A d -t x1 -j 98 -N 6 z; dd if=z of=copy bs=64k iflag=fullblock oflag=dsync conv=fsync status=none; cmp z copy && echo same
echo hello | dd conv=ucase status=none; truncate -s 1G hole; stat -c '%s %b' hole; truncate -s -1M hole; stat -c %s hole; truncate -s '>2G' hole; stat -c %s hole; truncate -r z hole; stat -c %s hole; fallocate -l 1M fa; stat -c '%s %b' fa; fallocate -p -o 4096 -l 8192 fa; stat -c %s fa
dd if=/dev/urandom bs=1000 count=5 status=none | wc -c; dd if=/dev/full count=1 status=none | tr '\0' 0 | head -c 4; echo; echo x > /dev/full; echo $?; head -c 64M /dev/zero | wc -c; cat /dev/null | wc -c; od -An -tx4 -N8 /dev/zero
dd if=/nonexistent 2>/dev/null; echo $?; dd if=z of=/dev/null bs=1M 2>&1 | head -n 2; tail -c 3 <<< abcdef; head -c -3 <<< abcdef; echo; head -n -2 <(seq 4); tail -n 2 z | wc -c; sync; sync -d z; shred -u -n 1 copy; ls copy 2>/dev/null; echo $?
