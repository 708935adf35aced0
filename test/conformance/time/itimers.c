/* time: ITIMER_REAL, VIRTUAL and PROF send their signals; alarm() is ITIMER_REAL.
 *
 * setitimer(2), alarm(2).
 */
#include "case.h"
#include <sys/time.h>

static volatile int counts[65];
static void handler(int number) { counts[number]++; }

static long set(int which, long first_us, long every_us) {
  return setitimer(which, &(struct itimerval){ { 0, every_us }, { 0, first_us } }, NULL);
}

int main(void) {
  struct itimerval now;
  on_signal(SIGALRM, handler, SA_RESTART), on_signal(SIGVTALRM, handler, SA_RESTART),
      on_signal(SIGPROF, handler, SA_RESTART);
  show("ITIMER_REAL once", set(ITIMER_REAL, 2000, 0));
  while (!counts[SIGALRM]) pause();
  getitimer(ITIMER_REAL, &now);
  say("SIGALRM %d, left %ld", counts[SIGALRM], (long)now.it_value.tv_usec);
  show("periodic", set(ITIMER_REAL, 1000, 1000));
  while (counts[SIGALRM] < 6) pause();
  getitimer(ITIMER_REAL, &now);
  check("interval is kept", now.it_interval.tv_usec == 1000 && now.it_value.tv_usec <= 1000
      && now.it_value.tv_sec == 0);
  show("stop", set(ITIMER_REAL, 0, 0));
  show("ITIMER_VIRTUAL", set(ITIMER_VIRTUAL, 10000, 0));
  while (!counts[SIGVTALRM]) {}
  say("SIGVTALRM %d", counts[SIGVTALRM]);
  show("ITIMER_PROF", set(ITIMER_PROF, 10000, 0));
  while (!counts[SIGPROF]) getppid();
  say("SIGPROF %d", counts[SIGPROF]);
  show("alarm returns 0 when none is set", alarm(100));
  show("alarm returns the rest", alarm(50));
  getitimer(ITIMER_REAL, &now);
  check("alarm is ITIMER_REAL", now.it_value.tv_sec >= 49 && now.it_value.tv_sec <= 50);
  pid_t child = spawn();
  if (child == 0) {
    getitimer(ITIMER_PROF, &now);
    show("timers are not inherited", now.it_value.tv_sec);
    _exit(0);
  }
  reap("child", child);
  show("alarm(0) cancels", alarm(0) > 40);
  show("unknown timer", setitimer(9, &now, NULL));
  show("microseconds too large", set(ITIMER_REAL, 1000000, 0));
  show("bad pointer", setitimer(ITIMER_REAL, bad_pointer(), NULL));
  show("NULL disarms", syscall(SYS_setitimer, ITIMER_REAL, NULL, NULL));
  alarm(WATCHDOG_SECONDS);
  return 0;
}
