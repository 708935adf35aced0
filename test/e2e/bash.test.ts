/** bash and dash: what scripts are made of, from pipes and traps to co-processes and /dev/tcp. */
import { scenario } from "./harness.ts";

scenario(
  "bash: pipelines give their statuses",
  [],
  String.raw`
  false | true | (exit 3) | cat; echo "${PIPESTATUS[*]}"
  set -o pipefail; false | true; echo $?
  yes | head -n 3; echo "${PIPESTATUS[*]}"
  seq 1 100000 | sort -rn | awk '{ s += $1 } END { print s }'
  for i in $(seq 20); do echo $i | cat | cat | cat; done | tail -n 1
`,
);

scenario(
  "bash: traps run for signals, errors, debugging and the end",
  [],
  String.raw`
  trap 'echo bye $?' EXIT
  trap 'echo hup' HUP; trap 'echo int' INT; trap 'echo term' TERM; trap 'echo usr2' USR2
  for s in HUP INT TERM USR2; do kill -$s $$; done
  trap 'echo chld' CHLD; (exit 1); /bin/true; trap - CHLD
  trap 'echo "err at status $?"' ERR; false; true
  trap '' QUIT; bash -c 'kill -QUIT $$; echo ignored is inherited'
  ( trap 'echo sub bye' EXIT; echo in sub )
  trap -p TERM
  exit 9
`,
);

scenario(
  "bash: substitutions, here-documents and process substitution",
  [],
  String.raw`
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
`,
);

scenario(
  "bash: arrays, functions, patterns and arithmetic",
  [],
  String.raw`
  declare -A m=([one]=1 [two]=2); for k in $(printf '%s\n' "${!m[@]}" | sort); do echo $k=${m[$k]}; done
  a=(c a b); IFS=$'\n'; echo "$(sort <<< "${a[*]}")"; unset IFS
  f() { local n=$1; ((n <= 1)) && { echo 1; return; }; echo $((n * $(f $((n - 1))))); }; f 6
  s=archive.tar.gz; echo ${s%.*} ${s%%.*} ${s#*.} ${s^^} ${s//a/A} ${s:2:4}
  case $s in *.tar.*) echo tar;; esac; [[ $s =~ ^([a-z]+)\. ]] && echo "${BASH_REMATCH[1]}"
  mkdir d; touch d/{a,b}{1..3}; echo d/*; shopt -s extglob globstar; echo d/!(a*) **/a1
  printf '%05.2f|%-6s|%x|%q\n' 3.14159 ab 255 "it's"
`,
);

scenario(
  "bash: set -e, -u and pipefail stop a script",
  [],
  String.raw`
  bash -c 'set -e; echo a; false; echo b'; echo $?
  bash -c 'set -u; echo $nothing; echo b' 2>/dev/null; echo $?
  bash -c 'set -eo pipefail; false | true; echo b'; echo $?
  bash -c 'set -e; if false; then :; fi; false || true; echo c'; echo $?
  bash -c 'set -eE; trap "echo trapped" ERR; f() { false; }; f'; echo $?
`,
);

scenario(
  "bash: redirections of descriptors",
  [],
  String.raw`
  exec 3> out 4< <(seq 3); echo to three >&3; read -r x <&4; echo $x; exec 3>&- ; cat out; cat <&4; exec 4<&-
  exec 5<> rw; echo hello >&5; exec 5>&-; cat rw
  { echo o; echo e >&2; } 2>&1 >/dev/null | sed s/^/err:/
  echo more >> out; wc -l < out; set -C; echo no > out; echo "noclobber $?"; set +C
  ls /nonexistent &> both; wc -l < both; echo x 2>&1 1>&2 2>/dev/null >&1
  exec {fd}> named; echo $((fd >= 10)); echo n >&$fd; cat named
  true >&9; echo "bad descriptor $?"
  exec < /dev/null; read x; echo "end of file $?"
`,
);

scenario(
  "bash: background jobs, wait -n and signals between processes",
  [],
  String.raw`
  for i in 3 1 2; do (sleep 0.$i; exit $i) & done; wait -n; echo $?; wait -n; echo $?; wait -n; echo $?; wait -n; echo $?
  (trap 'echo child got usr1; exit 5' USR1; while :; do sleep 0.05; done) & sleep 0.2; kill -USR1 $!; wait $!; echo $?
  sleep 50 & p=$!; kill -STOP $p; sleep 0.05; awk '{ print $3 }' /proc/$p/stat; kill -CONT $p; kill $p; wait $p; echo $?
  (kill -SEGV $BASHPID) 2>/dev/null; echo $?
  bash -c 'kill -9 $$'; echo $?
  trap 'echo parent woken' USR1; (sleep 0.1; kill -USR1 $$) & wait; echo waited; wait; echo all
`,
);

scenario(
  "bash: read with a time limit, and coproc",
  [],
  String.raw`
  read -t 0.2 x < <(sleep 1); echo "$(( $? > 128 ))"
  read -t 2 x < <(echo quick); echo "$? $x"; read -n 3 x <<< abcdef; echo $x; read -d : x <<< 'a b:c'; echo $x
  coproc BC { while read -r l; do echo "got $l"; done; }
  echo one >&${BC[1]}; read -r a <&${BC[0]}; echo two >&${BC[1]}; read -r b <&${BC[0]}; echo "$a $b"
  eval "exec ${BC[1]}>&-"; wait $BC_PID; echo "coproc $?"
`,
);

scenario(
  "bash: ulimit limits files, descriptors and CPU time",
  [],
  String.raw`
  (ulimit -f 4; trap '' XFSZ; head -c 100000 /dev/zero > big 2>/dev/null; echo $?; stat -c %s big)
  (ulimit -f 4; head -c 100000 /dev/zero > big2; echo $?) 2>/dev/null
  (ulimit -n 10; ulimit -n; exec 9</dev/null 8</dev/null && echo opened; exec {x}</dev/null || echo full) 2>/dev/null
  (ulimit -t 1; while :; do :; done) 2>/dev/null; echo $?
  ulimit -c; ulimit -S -n 512; ulimit -S -n; umask 027; touch m; stat -c %a m
  (ulimit -v 200000; awk 'BEGIN { while (1) s = s s "xxxxxxxxxxxxxxxx" }' 2>/dev/null; echo $(($? != 0)))
`,
);

scenario(
  "bash: /dev/tcp speaks to a server on loopback",
  ["netcat-openbsd"],
  String.raw`
  nc -l -N 127.0.0.1 45123 > received < <(echo greeting) & server=$!
  for i in $(seq 50); do sleep 0.05; if { exec 3<>/dev/tcp/127.0.0.1/45123; } 2>/dev/null; then break; fi; done
  read -r x <&3; echo "client: $x"; echo reply >&3; exec 3>&-; wait $server; echo $?; cat received
  (exec 3<>/dev/tcp/127.0.0.1/45124) 2>/dev/null; echo "refused $?"
`,
);

scenario(
  "bash: exec, subshells and special variables",
  [],
  String.raw`
  (exec -a zero bash -c 'echo $0'); (exec true; echo never); (exec /nonexistent) 2>/dev/null; echo $?
  x=1; (x=2; echo $x); echo $x; { x=3; }; echo $x; echo $((BASHPID == $$)); (echo $((BASHPID == $$)))
  echo "$BASH_SUBSHELL $(echo $BASH_SUBSHELL)"; env -i A=b bash -c 'echo $A $HOME.'; echo $PPID | grep -c '^[0-9]'
  cd /usr/bin; pwd; cd - >/dev/null; mkdir -p "a b"; cd "a b"; basename "$PWD"; SECONDS=0; ((SECONDS < 5)) && echo fast
  time -p true 2>/dev/null; TIMEFORMAT=; ( time sleep 0.1 ) 2>/dev/null; echo $?
  touch f; chmod 644 f; ./f 2>/dev/null; echo $?; nosuch 2>/dev/null; echo $?; /tmp 2>/dev/null; echo $?
  printf '#!/bin/bash\necho script $0 $@\n' > s; chmod +x s; ./s 1 2; printf 'echo no shebang $1\n' > t; chmod +x t; ./t x
  printf '#!/nonexistent/x\n' > u; chmod +x u; ./u 2>/dev/null; echo $?
`,
);

scenario(
  "dash: pipes, traps, here-documents and jobs",
  ["dash"],
  String.raw`
  trap 'echo end' EXIT; trap 'echo usr1' USR1; kill -USR1 $$
  x=$(seq 10 | while read -r n; do [ $((n % 2)) -eq 0 ] && echo $n; done); echo $x
  cat <<E | tr a-z A-Z
value $((1 + 1)) $(echo sub)
E
  sleep 0.1 & wait $!; echo $?; sleep 9 & kill $!; wait $!; echo $?
  set -e; ! false; (exit 3) || echo "status $?"; f() { return 4; }; f || echo $?
  set -- a b c; shift; echo $# "$*"; while getopts ab: o -a -b val; do echo $o $OPTARG; done
  read -r l <<E
line
E
  echo $l; ulimit -n 20; ulimit -n; exec 3>f; echo x >&3; cat f; test -p /dev/stdin || echo no pipe
`,
  { shell: "dash" },
);

scenario(
  "bash: a thousand processes one after the other",
  [],
  String.raw`
  for i in $(seq 300); do (exit $((i % 7))); s=$((s + $?)); done; echo $s
  for i in $(seq 150); do /bin/true; done; for i in $(seq 40); do sleep 0.1 & done; wait; echo done; jobs
`,
);
