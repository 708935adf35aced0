/* process: RLIMIT_CPU sends SIGXCPU at the soft limit.
 *
 * getrlimit(2), RLIMIT_CPU: a limit of 0 expires at once, or after the first second on older kernels.
 */
#include "case.h"
#include <sys/resource.h>

int main(void) {
  pid_t child = spawn();
  if (child == 0) {
    soft_limit(RLIMIT_CPU, 0);
    while (hidden(1)) {}
  }
  int status;
  struct rusage usage;
  check("reaped", wait4(child, &status, 0, &usage) == child);
  show_status("spinning child", status);
  check("it used some CPU", usage.ru_utime.tv_sec + usage.ru_stime.tv_sec <= 3);
  return 0;
}
