/* process: setsid() fails for a process group leader and detaches everybody else.
 *
 * setsid(2): EPERM "The process group ID of any process equals the PID of the calling process."
 */
#include "case.h"

int main(void) {
  struct gate moved = gate_make();
  pid_t leader = spawn();
  if (leader == 0) {
    must("setpgid", setpgid(0, 0));
    show("setsid of a group leader", setsid());
    pid_t member = spawn();
    if (member == 0) {
      check("member shares the group", getpgrp() == getppid());
      check("setsid gives its own pid", setsid() == getpid());
      check("new session", getsid(0) == getpid() && getpgrp() == getpid());
      check("the parent's session is another", getsid(getppid()) != getsid(0));
      gate_open(moved);
      for (;;) pause();
    }
    gate_wait(moved);
    show("waitpid(0) does not see it", waitpid(0, NULL, WNOHANG));
    show("setpgid of a child in another session", setpgid(member, 0));
    kill(member, SIGTERM);
    reap("member", member);
    _exit(0);
  }
  reap("leader", leader);
  show("getsid of nobody", getsid(999999));
  return 0;
}
