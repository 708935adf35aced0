/* process: WUNTRACED and WCONTINUED report stop and continue, each once.
 *
 * wait(2), WUNTRACED, WCONTINUED; signal(7), SIGSTOP and SIGCONT.
 */
#include "case.h"

int main(void) {
  int status;
  pid_t child = spawn();
  if (child == 0)
    for (;;) pause();
  kill(child, SIGSTOP);
  check("stop is reported", waitpid(child, &status, WUNTRACED) == child);
  show_status("status", status);
  show("only once", waitpid(child, &status, WUNTRACED | WNOHANG));
  kill(child, SIGCONT);
  check("continue is reported", waitpid(child, &status, WCONTINUED) == child);
  show_status("status", status);
  show("only once", waitpid(child, &status, WCONTINUED | WNOHANG));
  kill(child, SIGSTOP);
  siginfo_t info;
  show("waitid WSTOPPED|WNOWAIT", waitid(P_PID, child, &info, WSTOPPED | WNOWAIT));
  say("si_code CLD_STOPPED: %d, si_status %s", info.si_code == CLD_STOPPED, signal_name(info.si_status));
  show("waitid WSTOPPED consumes", waitid(P_PID, child, &info, WSTOPPED));
  kill(child, SIGKILL);
  check("SIGKILL ends a stopped child", waitpid(child, &status, 0) == child);
  show_status("status", status);
  return 0;
}
