/* time: CPU clocks advance with work and stand still in sleep; times() and clock() agree.
 *
 * clock_gettime(2), times(2), clock(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>
#include <sys/times.h>

static void burn(clockid_t clock, int64_t ns) {
  int64_t end = now_ns(clock) + ns;
  while (now_ns(clock) < end) {}
}

static int64_t thread_time;
static void *worker(void *unused) {
  burn(CLOCK_THREAD_CPUTIME_ID, 20000000);
  thread_time = now_ns(CLOCK_THREAD_CPUTIME_ID);
  return NULL;
}

int main(void) {
  int64_t before = now_ns(CLOCK_PROCESS_CPUTIME_ID);
  sleep_ms(30);
  check("sleep costs little CPU", now_ns(CLOCK_PROCESS_CPUTIME_ID) - before < 20000000);
  int64_t own = now_ns(CLOCK_THREAD_CPUTIME_ID);
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_join(thread, NULL);
  check("a thread has its own clock", thread_time >= 20000000 && thread_time < 2000000000);
  check("ours did not run with it", now_ns(CLOCK_THREAD_CPUTIME_ID) - own < 15000000);
  check("the process's did", now_ns(CLOCK_PROCESS_CPUTIME_ID) - before >= 20000000);
  struct tms ticks;
  check("times returns a tick count", times(&ticks) != (clock_t)-1);
  long used = (ticks.tms_utime + ticks.tms_stime) * 10, process = now_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000000;
  check("tms agrees within 50 ms", labs(used - process) <= 50);
  show("no children yet", ticks.tms_cutime + ticks.tms_cstime);
  pid_t child = spawn();
  if (child == 0) {
    burn(CLOCK_PROCESS_CPUTIME_ID, 60000000);
    _exit(0);
  }
  reap("child", child);
  times(&ticks);
  check("children's ticks after the wait", ticks.tms_cutime + ticks.tms_cstime >= 4);
  show("times to a bad pointer", syscall(SYS_times, bad_pointer()));
  check("times to NULL works", times(NULL) != (clock_t)-1);
  return 0;
}
