#!/bin/bash
# cp, mv, ln, install and rm keep modes, times, links and trees.
mkdir -p t/a/b; echo one > t/a/one; ln -s one t/a/sym; ln t/a/one t/a/hard; mkfifo t/pipe; touch -d '2001-02-03 04:05:06.789' t/a/one
chmod 4750 t/a/one; printf '#!/bin/sh\n' > t/x; chmod 755 t/x
cp -a t copy; (cd copy; find . -printf '%p %y %m %n %l %TY-%Tm-%Td %TH:%TM:%TS\n' | grep -v '20[2-9][0-9]-' | sort); stat -c '%h %a %F' copy/a/* copy/pipe
cp -r --preserve=mode t/a plain; ls plain; cp -L t/a/sym followed; stat -c %F followed; cp -u t/x copy/x; cp --backup=numbered t/x copy/x; ls copy
cp --sparse=always <(head -c 100000 /dev/zero) sparse; stat -c %s sparse; cp --reflink=auto sparse sparse2; cmp sparse sparse2 && echo same
mv copy/a moved; ls moved; mv -n t/x moved/one; cat moved/one; mv -T moved t/b2; mv t/b2 t/a/b/; find t | sort
mv t/a t/a/b 2>/dev/null; echo $?
install -m 640 -D t/x deep/er/x; stat -c %a deep/er/x; install -d -m 700 priv; stat -c %a priv; install -s /bin/true st 2>/dev/null; ./st; echo $?
ln -sf nowhere t/a/sym; readlink t/a/sym; ln -sr t/a/one rel; readlink rel; realpath --relative-to=. rel; ln -T t nolink 2>/dev/null; echo $?
mv sparse /dev/shm/moved.$$; stat -c %s /dev/shm/moved.$$; mv /dev/shm/moved.$$ back; stat -c %s back
rm -r t copy plain; ls; rmdir priv; rm -rf /nonexistent; rm nothing 2>/dev/null; echo $?; mkdir -p p/q/r; rmdir -p p/q/r; ls -d p 2>/dev/null; echo $?
