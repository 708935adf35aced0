/* time: POSIX timers carry a value, count overruns, can be read and deleted.
 *
 * timer_create(2), timer_settime(2), timer_getoverrun(2).
 */
#include "case.h"

static volatile int calls, value, code_ok;
static void handler(int number, siginfo_t *info, void *context) {
  calls++;
  value = info->si_value.sival_int;
  code_ok = info->si_code == SI_TIMER;
}

static long set(timer_t timer, int flags, long first_ms, long every_ms) {
  return timer_settime(timer, flags, &(struct itimerspec){ { 0, every_ms * 1000000 }, { 0, first_ms * 1000000 } },
      NULL);
}

int main(void) {
  timer_t timer, quiet;
  struct itimerspec left;
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 42 };
  on_siginfo(SIGRTMIN, handler, 0);
  show("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
  show("arm 3 ms", set(timer, 0, 3, 0));
  while (!calls) sched_yield();
  say("calls %d, value %d, SI_TIMER %d, overrun %d", calls, value, code_ok, timer_getoverrun(timer));
  sigset_t blocked = set_of(SIGRTMIN);
  siginfo_t info;
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  show("periodic while blocked", set(timer, 0, 1, 1));
  sleep_ms(12);
  must("sigwaitinfo", sigwaitinfo(&blocked, &info));
  check("overruns are counted in the signal", info.si_overrun >= 5 && info.si_overrun == timer_getoverrun(timer));
  must("settime", set(timer, 0, 0, 0));
  event.sigev_notify = SIGEV_NONE;
  show("SIGEV_NONE", timer_create(CLOCK_MONOTONIC, &event, &quiet));
  show("arm", set(quiet, 0, 900, 0));
  show("gettime", timer_gettime(quiet, &left));
  check("counts down", left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 900000000 && left.it_value.tv_sec == 0);
  show("absolute in the past", timer_settime(quiet, TIMER_ABSTIME, &(struct itimerspec){ { 0 }, { 1, 0 } }, NULL));
  timer_gettime(quiet, &left);
  show("expired", left.it_value.tv_nsec);
  show("delete", timer_delete(timer));
  show("delete again", syscall(SYS_timer_delete, 12345));
  show("unknown clock", syscall(SYS_timer_create, 99, &event, &timer));
  event.sigev_notify = SIGEV_SIGNAL, event.sigev_signo = 99;
  show("bad signal", syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
  show("bad pointer", syscall(SYS_timer_create, CLOCK_MONOTONIC, bad_pointer(), &timer));
  return 0;
}
