/* process: getrusage() separates self, children and thread, and counts reaped children only.
 *
 * getrusage(2).
 */
#include "case.h"
#include <sys/resource.h>

static long microseconds(struct rusage *usage) {
  long seconds = usage->ru_utime.tv_sec + usage->ru_stime.tv_sec;
  return seconds * 1000000 + usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
}

static void burn(long us) {
  struct rusage usage;
  do getrusage(RUSAGE_SELF, &usage);
  while (microseconds(&usage) < us);
}

int main(void) {
  struct rusage before, after, thread, one;
  show("RUSAGE_CHILDREN before", getrusage(RUSAGE_CHILDREN, &before));
  say("children's CPU before any child: %ld", microseconds(&before));
  pid_t child = spawn();
  if (child == 0) {
    burn(50000);
    _exit(0);
  }
  siginfo_t info;
  must("waitid", waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  getrusage(RUSAGE_CHILDREN, &after);
  check("an unreaped child does not count", microseconds(&after) == 0);
  must("wait4", wait4(child, NULL, 0, &one));
  getrusage(RUSAGE_CHILDREN, &after);
  check("a reaped child counts", microseconds(&after) >= 50000 && microseconds(&one) >= 50000);
  getrusage(RUSAGE_SELF, &before);
  burn(microseconds(&before) + 20000);
  getrusage(RUSAGE_SELF, &after);
  getrusage(RUSAGE_THREAD, &thread);
  check("our own time moves on", microseconds(&after) >= microseconds(&before) + 20000);
  check("the only thread has it all", labs(microseconds(&thread) - microseconds(&after)) < 30000);
  check("maxrss is positive", after.ru_maxrss > 0);
  show("unknown who", getrusage(5, &after));
  show("bad pointer", syscall(SYS_getrusage, RUSAGE_SELF, bad_pointer()));
  return 0;
}
