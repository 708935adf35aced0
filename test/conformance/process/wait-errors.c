/* process: wait4() and waitid() refuse bad options, bad ids and bad pointers.
 *
 * wait(2), ERRORS.
 */
#include "case.h"

int main(void) {
  siginfo_t info;
  show("wait without children", wait(NULL));
  show("waitpid for a stranger", waitpid(1, NULL, 0));
  show("waitpid unknown option", waitpid(-1, NULL, 0x100));
  show("waitpid for an empty group", waitpid(-999999, NULL, 0));
  show("waitpid INT_MIN", waitpid((pid_t)0x80000000, NULL, 0));
  show("waitid without any W*", waitid(P_ALL, 0, &info, WNOHANG));
  show("waitid unknown option", waitid(P_ALL, 0, &info, WEXITED | 0x100));
  show("waitid unknown id type", waitid(17, 0, &info, WEXITED));
  show("waitid P_PID 0", waitid(P_PID, 0, &info, WEXITED));
  show("waitid P_PGID negative", waitid(P_PGID, -5, &info, WEXITED));
  show("waitid P_PIDFD closed", waitid(P_PIDFD, 88, &info, WEXITED));
  show("waitid P_PIDFD of a file", waitid(P_PIDFD, STDIN_FILENO, &info, WEXITED));
  show("waitid without children", waitid(P_ALL, 0, &info, WEXITED));

  pid_t child = spawn();
  if (child == 0) _exit(1);
  show_ok("wait4 without a status pointer", syscall(SYS_wait4, -1, NULL, 0, NULL));
  child = spawn();
  if (child == 0) _exit(1);
  show("wait4 status to nowhere", syscall(SYS_wait4, child, bad_pointer(), 0, NULL));
  show("the child is gone all the same", waitpid(child, NULL, 0));
  return 0;
}
