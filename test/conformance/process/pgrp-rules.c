/* process: setpgid(), getpgid() and getsid() follow the job control rules.
 *
 * setpgid(2), ERRORS: EACCES after the child's exec, EPERM across sessions or for a session leader, ESRCH otherwise.
 */
#include "case.h"

int main(int argc, char **argv) {
  if (argc > 1) {
    must("write", write(50, "x", 1));
    for (;;) pause();
  }
  struct gate go = gate_make(), execed = gate_make();
  must("dup2", dup2(execed.ends[1], 50));
  pid_t child = spawn();
  if (child == 0) {
    char *arguments[] = { "case", "wait", NULL };
    gate_wait(go);
    execve("/proc/self/exe", arguments, NULL);
    _exit(1);
  }
  show("child into its own group", setpgid(child, 0));
  check("its group is itself", getpgid(child) == child);
  show("child into a group that does not exist", setpgid(child, 999999));
  show("child back into ours", setpgid(child, getpgrp()));
  show("negative group", setpgid(child, -1));
  show("nobody", setpgid(999999, 0));
  gate_open(go);
  gate_wait(execed);
  show("child after its exec", setpgid(child, 0));
  kill(child, SIGKILL);
  reap("child", child);

  pid_t leader = spawn();
  if (leader == 0) {
    check("setsid", setsid() == getpid());
    check("leader of group and session", getpgrp() == getpid() && getsid(0) == getpid());
    show("setsid again", setsid());
    show("setpgid of a session leader", setpgid(0, 0));
    show("into a group of another session", setpgid(0, getpgid(getppid())));
    _exit(0);
  }
  reap("leader", leader);
  return 0;
}
