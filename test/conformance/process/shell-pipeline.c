/* process: the shell runs pipelines, subshells, redirections and waits for background jobs.
 *
 * What most programs in a container do all day: fork, exec, pipe, dup2, wait.
 */
#include "case.h"

static const char script[] =
    "echo one | cat | cat\n"
    "(exit 3); echo \"subshell $?\"\n"
    "true && echo and || echo or\n"
    "echo text >file; cat <file; cat <<END\nhere $((6 * 7))\nEND\n"
    "x=$(echo captured; echo twice); echo \"$x\"\n"
    "(exit 9) & wait $!; echo \"background $?\"\n"
    "sh -c 'kill -TERM $$'; echo \"signal $?\"\n"
    "for i in 1 2 3 4 5; do echo $i; done | while read n; do echo \"got $n\"; done\n"
    "./missing 2>/dev/null; echo \"missing $?\"\n"
    "trap 'echo trapped' USR1; kill -USR1 $$; echo after\n"
    "trap 'echo leaving' EXIT\n"
    "exit 6\n";

int main(void) {
  execl("/bin/sh", "sh", "-c", script, (char *)NULL);
  show("execl", -1);
  return 1;
}
