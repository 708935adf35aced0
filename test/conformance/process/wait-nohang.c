/* process: WNOHANG returns 0 while children run and their pid once they have ended.
 *
 * wait(2), WNOHANG.
 */
#include "case.h"

int main(void) {
  struct gate go = gate_make();
  int status = 77;
  pid_t child = spawn();
  if (child == 0) {
    gate_wait(go);
    _exit(5);
  }
  show("running: waitpid WNOHANG", waitpid(child, &status, WNOHANG));
  show("status is untouched", status);
  siginfo_t info;
  memset(&info, 0xff, sizeof info);
  show("running: waitid WNOHANG", waitid(P_PID, child, &info, WEXITED | WNOHANG));
  say("si_signo %d, si_pid %d", info.si_signo, info.si_pid);
  gate_open(go);
  siginfo_t end;
  show("waitid WNOWAIT", waitid(P_PID, child, &end, WEXITED | WNOWAIT));
  check("waitpid WNOHANG returns it", waitpid(child, &status, WNOHANG) == child);
  show_status("status", status);
  show("again", waitpid(child, &status, WNOHANG));
  return 0;
}
