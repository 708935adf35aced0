#!/bin/bash
# gzip, bzip2, xz, zstd, zip and cpio pack and unpack.
# packages: gzip bzip2 xz-utils zstd zip unzip cpio
seq 200000 > n; for c in gzip bzip2 xz 'zstd -q'; do $c -k n; ls n.*; f=$(ls n.*); $c -dc $f | cmp - n && echo same; $c -t $f; echo $?; rm $f; cat n | $c -c | $c -dc | md5sum; done
xz -T2 -k -1 n; xz -l --robot n.xz | grep -c file; zstd -q -T2 -19 --long <(head -c 300000 n) -o z.zst; zstd -dcq z.zst | wc -c; gzip -9 n; gunzip -c n.gz | wc -l; zcat n.gz | tail -n 1; stat -c %s n.gz; head -c 1000 n.gz | gzip -dc > /dev/null 2>&1; echo $?; gunzip n.gz; bzip2 -1 < n | bzcat | md5sum; printf x | xz | xzcat
mkdir -p d/e; echo a > d/a; cp n d/e; ln -s a d/l; chmod 600 d/a; zip -qry z.zip d; unzip -Z1 z.zip | sort; unzip -qo z.zip -d out; stat -c '%a %F' out/d/a out/d/l; cmp n out/d/e/n && echo same; zip -q -d z.zip d/a; unzip -tq z.zip > /dev/null; echo $?; unzip -p z.zip d/e/n | md5sum; printf 'stdin' | zip -q s.zip -; unzip -p s.zip
find d | sort | cpio -o -H newc --quiet > c.cpio; cpio -it --quiet < c.cpio; mkdir o; (cd o; cpio -idm --quiet < ../c.cpio; cmp ../n d/e/n && echo same; readlink d/l); find d -depth | cpio -pdl --quiet o2; stat -c %h d/a
