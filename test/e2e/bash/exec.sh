#!/bin/bash
# Exec, subshells and special variables.
(exec -a zero bash -c 'echo $0'); (exec true; echo never); (exec /nonexistent) 2>/dev/null; echo $?
x=1; (x=2; echo $x); echo $x; { x=3; }; echo $x; echo $((BASHPID == $$)); (echo $((BASHPID == $$)))
echo "$BASH_SUBSHELL $(echo $BASH_SUBSHELL)"; env -i A=b bash -c 'echo $A $HOME.'; echo $PPID | grep -c '^[0-9]'
cd /usr/bin; pwd; cd - >/dev/null; mkdir -p "a b"; cd "a b"; basename "$PWD"; SECONDS=0; ((SECONDS < 5)) && echo fast
time -p true 2>/dev/null; TIMEFORMAT=; ( time sleep 0.1 ) 2>/dev/null; echo $?
touch f; chmod 644 f; ./f 2>/dev/null; echo $?; nosuch 2>/dev/null; echo $?; /tmp 2>/dev/null; echo $?
printf '#!/bin/bash\necho script $0 $@\n' > s; chmod +x s; ./s 1 2; printf 'echo no shebang $1\n' > t; chmod +x t; ./t x
printf '#!/nonexistent/x\n' > u; chmod +x u; ./u 2>/dev/null; echo $?
