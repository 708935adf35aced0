/* system: nice values, policies, affinity and yield.
 *
 * getpriority(2), sched_setscheduler(2), sched_setaffinity(2), getcpu(2).
 */
#include "case.h"
#include <sys/resource.h>

int main(void) {
  struct sched_param parameter = { 0 };
  cpu_set_t set, one;
  show("getpriority", getpriority(PRIO_PROCESS, 0));
  show("setpriority 5", setpriority(PRIO_PROCESS, 0, 5));
  show("getpriority", getpriority(PRIO_PROCESS, 0));
  show("system call's form", syscall(SYS_getpriority, PRIO_PROCESS, 0));
  show("setpriority 100 is cut", setpriority(PRIO_PROCESS, 0, 100));
  show("getpriority", getpriority(PRIO_PROCESS, 0));
  show("root lowers it", setpriority(PRIO_PROCESS, 0, 0));
  errno = 0;
  show("unknown which", getpriority(9, 0));
  show("nobody", setpriority(PRIO_PROCESS, 999999, 0));
  show("policy", sched_getscheduler(0));
  show("max FIFO", sched_get_priority_max(SCHED_FIFO));
  show("min RR", sched_get_priority_min(SCHED_RR));
  show("max OTHER", sched_get_priority_max(SCHED_OTHER));
  show("max unknown", sched_get_priority_max(99));
  show("SCHED_BATCH", sched_setscheduler(0, SCHED_BATCH, &parameter));
  show("policy", sched_getscheduler(0));
  parameter.sched_priority = 5;
  show("SCHED_OTHER with a priority", sched_setscheduler(0, SCHED_OTHER, &parameter));
  parameter.sched_priority = 0;
  show("SCHED_OTHER", sched_setscheduler(0, SCHED_OTHER, &parameter));
  show("policy of nobody", sched_getscheduler(999999));
  show("sched_yield", sched_yield());
  must("sched_getaffinity", sched_getaffinity(0, sizeof set, &set));
  int first = 0;
  while (!CPU_ISSET(first, &set)) first++;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  show("pin to one processor", sched_setaffinity(0, sizeof one, &one));
  show("we run there", sched_getcpu() == first);
  unsigned cpu = 99;
  show("getcpu", syscall(SYS_getcpu, &cpu, NULL, NULL));
  check("agrees", cpu == (unsigned)first);
  pid_t child = spawn();
  if (child == 0) {
    must("sched_getaffinity", sched_getaffinity(0, sizeof one, &one));
    _exit(CPU_COUNT(&one));
  }
  reap("inherited, count", child);
  CPU_ZERO(&one);
  show("empty set", sched_setaffinity(0, sizeof one, &one));
  show("set too small", syscall(SYS_sched_getaffinity, 0, 1, &one));
  must("setresuid", setresuid(1000, 1000, 1000));
  must("setpriority", setpriority(PRIO_PROCESS, 0, 10));
  must("setrlimit", setrlimit(RLIMIT_NICE, &(struct rlimit){ 0, 0 }));
  show("a user raises his priority", setpriority(PRIO_PROCESS, 0, 5));
  return 0;
}
