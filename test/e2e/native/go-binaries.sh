#!/bin/bash
# Go programs from packages: gron, fzf and age.
# packages: gron fzf age
echo '{"a": [1, {"b": "c"}], "d": null}' > j; gron j; gron -u <(gron j); seq 2000 | fzf --filter 199 | head -n 4; seq 10000 | fzf --filter '^12 5$' | wc -l; seq 100000 | gron -s 2>/dev/null | wc -l
age-keygen -o key 2>/dev/null; echo $?; pub=$(age-keygen -y key); head -c 500000 /dev/urandom > data; age -r $pub -o data.age data; age -d -i key data.age | cmp - data && echo same; age -d -i key data 2>/dev/null; echo $?
