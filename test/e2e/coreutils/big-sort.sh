#!/bin/bash
# sort, shuf, split, join, uniq and friends work through big inputs.
seq 300000 | shuf --random-source=<(yes) > n; sha256sum < n; sort -n n | md5sum; sort -S 1M --parallel=2 n | md5sum; sort -c <(sort n); sort -R --random-source=/bin/true n | sort -n | cmp - <(seq 300000); echo $?
split -n l/7 n part.; ls part.* | wc -l; cat part.* | cmp - n; split -b 100k -d n num.; ls num.* | tail -n 1; split -l 100000 --filter='wc -l' n; csplit -s -z f 2>/dev/null <<< ''; seq 20 | csplit -s - '/5/' '{1}'; ls xx*
join <(seq 5 | sed 's/$/ a/') <(seq 3 7 | sed 's/$/ b/'); comm -12 <(seq 10 | sort) <(seq 5 15 | sort); cut -c1-3 n | sort | uniq -c | sort -rn | head -n 3; paste -sd+ <(seq 10) | bc 2>/dev/null || true
nl -ba <(seq 3); fold -w 3 <<< abcdefgh; fmt -w 20 <<< 'the quick brown fox jumps over the lazy dog'; expand -t 4 <<< $'a\tb'; pr -t -2 <(seq 4); rev <<< abc; column -t <<< $'a bb\nccc d'; tsort <<< $'a b\nb c'; factor 1234567 360; numfmt --to=iec 123456789
tr -dc 'a-z' < <(seq 100 | md5sum) | wc -c; head -c 5 n | od -An -c; tail -n +299999 <(seq 300000); tac <(seq 3); seq 3 | tee a b > c; cat a b c | wc -l; base64 <<< hello; base32 <<< hello; basenc --base16 <<< hi; cksum <<< a; sum <<< a; b2sum <<< a; sha1sum <<< a; sha512sum --tag <<< a | cut -c1-40
echo 'abc' > h; sha256sum h > h.sum; sha256sum -c h.sum; echo x >> h; sha256sum -c h.sum 2>/dev/null; echo $?
