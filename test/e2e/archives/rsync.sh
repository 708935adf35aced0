#!/bin/bash
# rsync copies a tree, then only what changed.
# packages: rsync
mkdir -p src/{a,b}; for i in $(seq 50); do seq $i > src/a/$i; done; ln -s a/1 src/l; ln src/a/2 src/h; chmod 640 src/a/3; touch -d @1000000000 src/a/4; truncate -s 1M src/sparse
rsync -aH src/ dst; diff -r src dst && echo same; stat -c '%a %h %Y' dst/a/3 dst/a/4 | head -n 2 | cut -c1-5; stat -c %h dst/h; stat -c %Y dst/a/4
echo longer than before > src/a/5; touch -d @1100000000 src/a/5; rm src/a/6; touch -d @1200000000 src/a; rsync -ain --delete src/ dst; rsync -a --delete src/ dst; ls dst/a | wc -l; rsync -aS --checksum --exclude='1*' src/ ex; ls ex/a | wc -l; rsync -a --backup --suffix=.old --inplace src/a/5 dst/a/7; rsync -a --files-from=<(printf 'a/1\na/2\n') src out; find out -type f | sort; rsync /nonexistent x 2>/dev/null; echo $?; rsync -a --stats src/ dst | grep -E '^Number of (files|regular)' ; rsync -az -e 'sh -c "shift; exec \"\$@\"" x' src/ fake:viapipe; diff -r src viapipe && echo same
