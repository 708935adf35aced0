/* memory: mincore() reports holes as ENOMEM; mlock() populates and respects RLIMIT_MEMLOCK.
 *
 * mincore(2), mlock(2).
 */
#include "case.h"
#include <sys/resource.h>

int main(void) {
  unsigned char pages[4] = { 9, 9, 9, 9 };
  char *area = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  show("mincore", mincore(area, 4 * 4096, pages));
  say("untouched: %d %d", pages[0] & 1, pages[3] & 1);
  area[4096] = 1;
  must("mincore", mincore(area, 4 * 4096, pages));
  check("touched", pages[1] & 1);
  show("unaligned", mincore(area + 1, 4096, pages));
  show("bad vector", mincore(area, 4096, bad_pointer()));
  show("mlock", mlock(area, 2 * 4096));
  must("mincore", mincore(area, 4 * 4096, pages));
  check("mlock populates", (pages[0] & 1) && (pages[1] & 1));
  show("munlock", munlock(area, 4 * 4096));
  munmap(area + 2 * 4096, 4096);
  show("mincore over a hole", mincore(area, 4 * 4096, pages));
  show("mlock over a hole", mlock(area, 4 * 4096));
  show("munlock over a hole", munlock(area, 4 * 4096));
  show("mlock2 unknown flag", syscall(SYS_mlock2, area, 4096, 8));
  show("mlock2 MLOCK_ONFAULT", syscall(SYS_mlock2, area, 4096, MLOCK_ONFAULT));
  show("mlockall flags 0", mlockall(0));
  show("munlockall", munlockall());
  must("setrlimit", setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ 4096, 4096 }));
  must("setresuid", setresuid(1000, 1000, 1000));
  show("user: one page", mlock(area, 4096));
  show("user: one page more", mlock(area + 4096, 4096));
  munlockall();
  must("prlimit", setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ 0, 0 }));
  show("user: limit 0", mlock(area, 4096));
  return 0;
}
