/* time: nanosleep() sleeps at least as long as asked, checks its argument and tells the rest.
 *
 * nanosleep(2), clock_nanosleep(2).
 */
#include "case.h"

static void handler(int number) {}

static void timed(const char *name, long ns) {
  int64_t start = now_ns(CLOCK_MONOTONIC);
  long rc = nanosleep(&(struct timespec){ 0, ns }, NULL);
  say("%s: %ld, long enough %d", name, rc, now_ns(CLOCK_MONOTONIC) - start >= ns);
}

int main(void) {
  timed("0 ns", 0), timed("1 ns", 1), timed("100 us", 100000), timed("3 ms", 3000000), timed("20 ms", 20000000);
  show("negative seconds", nanosleep(&(struct timespec){ -1, 0 }, NULL));
  show("nanoseconds too large", nanosleep(&(struct timespec){ 0, 1000000000 }, NULL));
  show("bad pointer", nanosleep(bad_pointer(), NULL));
  on_signal(SIGUSR1, handler, SA_RESTART);
  pid_t ticker = tick_start(SIGUSR1);
  struct timespec left = { 0 };
  show("interrupted", nanosleep(&(struct timespec){ 5, 0 }, &left));
  check("the rest is less than asked", left.tv_sec == 4 && left.tv_nsec > 0);
  show("bad rest pointer", nanosleep(&(struct timespec){ 5, 0 }, bad_pointer()));
  struct timespec target = { now_ns(CLOCK_MONOTONIC) / 1000000000 + 100, 0 };
  left = (struct timespec){ 9, 9 };
  show_error("absolute, interrupted", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &target, &left));
  check("the rest is untouched", left.tv_sec == 9 && left.tv_nsec == 9);
  tick_stop(ticker);
  show_error("absolute in the past", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &(struct timespec){ 1, 0 }, NULL));
  int64_t until = now_ns(CLOCK_MONOTONIC) + 5000000;
  target = (struct timespec){ until / 1000000000, until % 1000000000 };
  show_error("absolute in 5 ms", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &target, NULL));
  check("not early", now_ns(CLOCK_MONOTONIC) >= until);
  show_error("unknown clock", clock_nanosleep(99, 0, &target, NULL));
  show("thread CPU clock", syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &target, NULL));
  return 0;
}
