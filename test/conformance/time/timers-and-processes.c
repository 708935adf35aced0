/* time: itimers survive exec and die with fork; POSIX timers die with both.
 *
 * setitimer(2), timer_create(2), execve(2), fork(2).
 */
#include "case.h"
#include <sys/time.h>

int main(int argc, char **argv) {
  struct itimerval now;
  struct itimerspec left;
  if (argc > 1) {
    getitimer(ITIMER_PROF, &now);
    check("ITIMER_PROF survives exec", now.it_value.tv_sec > 900);
    show("POSIX timer is gone", syscall(SYS_timer_gettime, atoi(argv[1]), &left));
    return 0;
  }
  int timer = -1;
  struct sigevent event = { .sigev_notify = SIGEV_NONE };
  must("timer_create", syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
  show("the first timer id", timer);
  must("timer_settime", syscall(SYS_timer_settime, timer, 0, &(struct itimerspec){ { 0 }, { 1000, 0 } }, NULL));
  must("setitimer", setitimer(ITIMER_PROF, &(struct itimerval){ { 0 }, { 1000, 0 } }, NULL));
  pid_t child = spawn();
  if (child == 0) {
    getitimer(ITIMER_PROF, &now);
    show("ITIMER_PROF in the child", now.it_value.tv_sec);
    show("POSIX timer in the child", syscall(SYS_timer_gettime, timer, &left));
    _exit(0);
  }
  reap("child", child);
  char id[16];
  snprintf(id, sizeof id, "%d", timer);
  execve("/proc/self/exe", (char *[]){ "case", id, NULL }, NULL);
  return 1;
}
