#!/bin/bash
# Read with a time limit, and coproc.
read -t 0.2 x < <(sleep 1); echo "$(( $? > 128 ))"
read -t 2 x < <(echo quick); echo "$? $x"; read -n 3 x <<< abcdef; echo $x; read -d : x <<< 'a b:c'; echo $x
coproc BC { while read -r l; do echo "got $l"; done; }
echo one >&${BC[1]}; read -r a <&${BC[0]}; echo two >&${BC[1]}; read -r b <&${BC[0]}; echo "$a $b"
eval "exec ${BC[1]}>&-"; wait $BC_PID; echo "coproc $?"
