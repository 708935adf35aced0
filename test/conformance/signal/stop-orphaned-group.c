/* signal: SIGTSTP, SIGTTIN and SIGTTOU do not stop a process in an orphaned group; SIGSTOP does.
 *
 * POSIX, "Signal Actions": stops by default are discarded for orphaned process groups; setpgid(2).
 */
#include "case.h"

int main(void) {
  int status;
  pid_t child = spawn();
  if (child == 0) {
    must("setsid", setsid()); /* a session leader's own group is orphaned */
    raise(SIGTSTP);
    raise(SIGTTIN);
    raise(SIGTTOU);
    say("went on");
    raise(SIGSTOP);
    _exit(4);
  }
  must("waitpid", waitpid(child, &status, WUNTRACED));
  show_status("orphaned group", status);
  kill(child, SIGCONT);
  reap("then", child);

  child = spawn();
  if (child == 0) {
    must("setsid", setsid());
    pid_t member = spawn();
    if (member == 0) {
      must("setpgid", setpgid(0, 0)); /* its parent is in the session but in another group: not orphaned */
      raise(SIGTSTP);
      _exit(5);
    }
    must("waitpid", waitpid(member, &status, WUNTRACED));
    show_status("ordinary group", status);
    kill(member, SIGCONT);
    reap("then", member);
    _exit(0);
  }
  reap("leader", child);
  return 0;
}
