/* time: clocks go forward, agree with each other, and unknown ones are refused.
 *
 * clock_gettime(2), gettimeofday(2), time(2).
 */
#include "case.h"
#include <sys/time.h>

int main(void) {
  static const struct { const char *name; clockid_t id; } clocks[] = {
    { "REALTIME", CLOCK_REALTIME }, { "MONOTONIC", CLOCK_MONOTONIC }, { "PROCESS_CPUTIME", CLOCK_PROCESS_CPUTIME_ID },
    { "THREAD_CPUTIME", CLOCK_THREAD_CPUTIME_ID }, { "MONOTONIC_RAW", CLOCK_MONOTONIC_RAW },
    { "REALTIME_COARSE", CLOCK_REALTIME_COARSE }, { "MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE },
    { "BOOTTIME", CLOCK_BOOTTIME }, { "TAI", CLOCK_TAI },
  };
  for (size_t i = 0; i < COUNT(clocks); i++) {
    struct timespec time, resolution;
    int64_t last = 0;
    int backward = 0;
    for (int n = 0; n < 2000; n++) {
      int64_t now = now_ns(clocks[i].id);
      backward += now < last;
      last = now;
    }
    long direct = syscall(SYS_clock_gettime, clocks[i].id, &time);
    int agrees = time.tv_sec * 1000000000LL + time.tv_nsec >= last;
    say("%s: backward %d, system call %ld agrees %d, resolution known %d", clocks[i].name, backward, direct, agrees,
        clock_getres(clocks[i].id, &resolution) == 0 && resolution.tv_sec == 0 && resolution.tv_nsec > 0);
  }
  struct timeval day;
  must("gettimeofday", gettimeofday(&day, NULL));
  int64_t real = now_ns(CLOCK_REALTIME) / 1000, old = day.tv_sec * 1000000LL + day.tv_usec;
  check("gettimeofday is CLOCK_REALTIME", real >= old && real - old < 5000000);
  check("time() too", labs(time(NULL) - day.tv_sec) <= 5 && syscall(SYS_time, NULL) >= day.tv_sec - 1);
  check("a sane date", day.tv_sec > 1600000000);
  check("boot time is not behind monotonic", now_ns(CLOCK_BOOTTIME) >= now_ns(CLOCK_MONOTONIC) - 1000000);
  show("unknown clock", clock_gettime(77, &(struct timespec){ 0 }));
  show("unknown resolution", clock_getres(77, &(struct timespec){ 0 }));
  show("resolution to NULL", clock_getres(CLOCK_MONOTONIC, NULL));
  show("bad pointer", syscall(SYS_clock_gettime, CLOCK_REALTIME, bad_pointer()));
  show("setting CLOCK_MONOTONIC", clock_settime(CLOCK_MONOTONIC, &(struct timespec){ 1, 0 }));
  pid_t child = spawn();
  if (child == 0)
    for (;;) pause();
  clockid_t of_child;
  show_error("clock_getcpuclockid of a child", clock_getcpuclockid(child, &of_child));
  show("readable", clock_gettime(of_child, &(struct timespec){ 0 }));
  kill(child, SIGKILL);
  must("wait", waitpid(child, NULL, 0));
  show("after it is gone", clock_gettime(of_child, &(struct timespec){ 0 }));
  return 0;
}
