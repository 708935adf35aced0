#!/bin/bash
# Rust programs from packages: ripgrep, fd and bat.
# packages: ripgrep fd-find bat
mkdir -p t/{a,b,c}/{x,y}; for d in t/*/*; do for i in $(seq 40); do echo "line $i of $d needle$i" > $d/f$i.txt; done; done; echo '*.txt' > t/b/.ignore; touch t/.hidden; printf 'a\0b needle' > t/a/bin
rg needle7 t --sort path; rg -c needle t | wc -l; rg -l 'needle3\d' t | sort | head -n 3; rg -uu --no-heading -n needle12 t -j4 | sort; rg --files t | sort | wc -l; rg -o --json needle1$ t/a/x 2>/dev/null | wc -l; echo piped needle | rg -o need..; rg nothing t; echo $?; rg -z -r R 'needle(1)$' t/a --sort path
fdfind . t | sort | wc -l; fdfind -H hidden t; fdfind -e txt -x echo {/.} \; . t/a/x | sort | head -n 3; fdfind -t d . t | sort; fdfind f1.txt t/a -X wc -l | tail -n 1; fdfind -I -S -1k -e txt . t | wc -l; batcat --plain --color=never t/a/x/f1.txt; batcat --color=always --style=numbers -l sh <<< 'echo $x' ; batcat /nonexistent 2>/dev/null; echo $?
