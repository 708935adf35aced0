#!/bin/bash
# tar keeps hard links, holes, modes, times, extended attributes and long names.
# packages: attr
mkdir -p t/d; echo one > t/one; ln t/one t/hard; ln -s one t/sym; touch -hd @1000000000 t/sym; truncate -s 5M t/sparse; printf end | dd of=t/sparse bs=1 seek=3000000 conv=notrunc status=none; long=t/$(printf 'n%.0s' $(seq 200)); echo x > $long; mkfifo t/pipe
chmod 4711 t/one; touch -d @1000000000 t/one t/d; setfattr -n user.color -v blue t/d && getfattr --only-values -n user.color t/d; echo
tar --xattrs --sparse --sort=name --owner=0 --group=0 -cf a.tar t; tar tvf a.tar --full-time t/one t/sym | awk '{ print $1, $2, $4, $5, $6, $7, $8 }'; mkdir out; tar --xattrs --xattrs-include='*' -C out -xpf a.tar; (cd out/t; stat -c '%h %a %Y' one; stat -c %F pipe sym; cmp sparse ../../t/sparse && echo same; getfattr --only-values -n user.color d; echo; ls | wc -l)
tar czf a.tgz t; tar cJf a.txz t; tar --zstd -cf a.tzst t; tar cjf a.tbz t; for f in a.t*z* ; do tar tf $f | wc -l; done; tar -cf - t | tar -xf - -C out --overwrite; echo $?; tar df a.tar 2>/dev/null | head -n 3; echo two > t/two; tar rf a.tar t/two; tar uf a.tar t; tar tf a.tar | tail -n 1; tar xOf a.tar t/one; tar --exclude='s*' -cf - t | tar tf - | sort | head -n 4
tar xf /nonexistent 2>/dev/null; echo $?; head -c 1000 a.tar | tar tf - > /dev/null 2>&1; echo $?; tar -cf b.tar -g snap t; echo three > t/three; tar -cf c.tar -g snap t; tar tf c.tar | grep -v nnn | sort
find t | sort | cpio -o -H newc --quiet > a.cpio 2>/dev/null; echo $?
