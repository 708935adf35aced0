/* process: waitid() fills siginfo for exit and kill, and WNOWAIT leaves the child waitable.
 *
 * wait(2), waitid(): si_signo, si_code, si_status, si_pid, si_uid.
 */
#include "case.h"

static void look(const char *name, pid_t child, int options) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  long result = waitid(P_PID, child, &info, options);
  const char *code = info.si_code == CLD_EXITED ? "CLD_EXITED" : info.si_code == CLD_KILLED ? "CLD_KILLED"
                     : info.si_code == CLD_DUMPED ? "CLD_DUMPED" : "other";
  say("%s: %ld, signo %s, code %s, status %d, pid matches %d, uid %d", name, result, signal_name(info.si_signo), code,
      info.si_status, info.si_pid == child, info.si_uid);
}

int main(void) {
  pid_t child = spawn();
  if (child == 0) _exit(300);
  look("exit, WNOWAIT", child, WEXITED | WNOWAIT);
  look("exit, again", child, WEXITED | WNOWAIT);
  look("exit, reaped", child, WEXITED);
  child = spawn();
  if (child == 0)
    for (;;) pause();
  kill(child, SIGUSR1);
  look("killed", child, WEXITED);
  child = spawn();
  if (child == 0) {
    if (setresuid(4242, 4242, 4242)) _exit(1);
    _exit(2);
  }
  look("another user", child, WEXITED);
  child = spawn();
  if (child == 0) _exit(0);
  show("waitid with a NULL siginfo", syscall(SYS_waitid, P_ALL, 0, NULL, WEXITED, NULL));
  return 0;
}
