#!/bin/bash
# Substitutions, here-documents and process substitution.
x=$(cat <<'A'; echo two
one $x
A
); echo "$x"
cat <<-B
	tab stripped $((6 * 7))
B
diff <(seq 5) <(seq 4); echo "diff $?"
paste <(seq 3) <(seq 4 6) <(seq 7 9)
seq 10 | tee >(wc -l > lines) >(tail -n 1 > last) > /dev/null; sleep 0.2; cat lines last
while read -r a b; do echo "$b $a"; done < <(printf 'x 1\ny 2\n')
mapfile -t all < <(seq 1000); echo "${#all[@]} ${all[999]}"
echo "$(printf '%s' "$(head -c 100000 /dev/zero | tr '\0' x)" | wc -c)"
