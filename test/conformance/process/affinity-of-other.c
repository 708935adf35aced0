/* process: processors are chosen for another process while it makes calls, and its calls do not notice.
 *
 * sched_setaffinity(2).
 */
#include "case.h"

#include <poll.h>

int main(void) {
  cpu_set_t all, first;
  must("sched_getaffinity", sched_getaffinity(0, sizeof all, &all));
  CPU_ZERO(&first);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&first) == 0; cpu++)
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &first);

  int pair[2];
  must("pipe", pipe(pair));
  struct gate done = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    long calls = 0, wrong = 0;
    struct pollfd over = { .fd = done.ends[0], .events = POLLIN };
    while (poll(&over, 1, 0) == 0) {
      char bytes[7];
      wrong += write(pair[1], "seventy", 7) != 7;
      wrong += read(pair[0], bytes, 7) != 7;
      wrong += lseek(-1, 0, SEEK_SET) != -1;
      calls++;
    }
    check("it made calls", calls > 0);
    show("wrong results", wrong);
    cpu_set_t mine;
    show_ok("its own", sched_getaffinity(0, sizeof mine, &mine));
    check("what was chosen", CPU_EQUAL(&mine, &first));
    _exit(0);
  }
  for (int i = 0; i < 200; i++) {
    must("sched_setaffinity", sched_setaffinity(child, sizeof all, i % 2 ? &all : &first));
    if (i % 10 == 0) sleep_ms(1);
  }
  must("sched_setaffinity", sched_setaffinity(child, sizeof first, &first));
  gate_open(done);
  reap("child", child);
  show("nobody", sched_setaffinity(99999999, sizeof all, &all));
  return 0;
}
