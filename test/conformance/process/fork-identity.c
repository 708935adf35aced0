/* process: parent and child know each other: getpid, getppid, gettid, and fork's result agree.
 *
 * fork(2), getpid(2), gettid(2).
 */
#include "case.h"

int main(void) {
  pid_t self = getpid();
  int channel[2];
  must("pipe", pipe(channel));
  check("getpid == gettid in the main thread", self == gettid());
  pid_t child = spawn();
  if (child == 0) {
    pid_t mine[2] = { getpid(), getppid() };
    check("child's parent is us", getppid() == self);
    check("child's gettid == getpid", gettid() == getpid());
    check("child shares the process group", getpgrp() == getpgid(self));
    check("child shares the session", getsid(0) == getsid(self));
    must("write", write(channel[1], mine, sizeof mine));
    _exit(0);
  }
  pid_t told[2];
  must("read", read(channel[0], told, sizeof told));
  check("fork returned the child's pid", told[0] == child);
  check("child's pid differs from ours", child != self && child > 0);
  reap("child", child);
  show("kill(child, 0) after it was reaped", kill(child, 0));
  show("getpgid of a pid that is gone", getpgid(child));
  show("getpgid(-1)", getpgid(-1));
  return 0;
}
