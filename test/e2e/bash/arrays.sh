#!/bin/bash
# Arrays, functions, patterns and arithmetic.
declare -A m=([one]=1 [two]=2); for k in $(printf '%s\n' "${!m[@]}" | sort); do echo $k=${m[$k]}; done
a=(c a b); IFS=$'\n'; echo "$(sort <<< "${a[*]}")"; unset IFS
f() { local n=$1; ((n <= 1)) && { echo 1; return; }; echo $((n * $(f $((n - 1))))); }; f 6
s=archive.tar.gz; echo ${s%.*} ${s%%.*} ${s#*.} ${s^^} ${s//a/A} ${s:2:4}
case $s in *.tar.*) echo tar;; esac; [[ $s =~ ^([a-z]+)\. ]] && echo "${BASH_REMATCH[1]}"
mkdir d; touch d/{a,b}{1..3}; echo d/*; shopt -s extglob globstar; echo d/!(a*) **/a1
printf '%05.2f|%-6s|%x|%q\n' 3.14159 ab 255 "it's"
