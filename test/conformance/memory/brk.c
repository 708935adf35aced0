/* memory: brk() moves the end of the heap, keeps its start, and returns the old end when it cannot.
 *
 * brk(2): the system call returns the new break, or the current one on failure.
 */
#include "case.h"
#include <sys/resource.h>

static char *brk_(void *address) { return (char *)syscall(SYS_brk, address); }

int main(void) {
  char *start = brk_(0);
  check("brk(0) is stable", brk_(0) == start);
  check("grow", brk_(start + 100000) == start + 100000);
  memset(start, 'h', 100000);
  check("shrink", brk_(start + 50) == start + 50);
  check("grow again", brk_(start + 100000) == start + 100000);
  char *page = (char *)(((uintptr_t)start + 50 + 4095) & ~4095UL);
  long sum = 0;
  for (char *p = page; p < start + 100000; p++) sum += *p;
  show("pages that came back are zero", sum);
  check("bytes below stay", start[49] == 'h');
  check("far too high is refused", brk_((void *)0x7fffffffffff) == start + 100000);
  check("below the start is refused", brk_((void *)4096) == start + 100000);
  soft_limit(RLIMIT_DATA, 1 << 20);
  check("RLIMIT_DATA is respected", brk_(start + (8 << 20)) == start + 100000);
  void *wall = mmap((void *)(((uintptr_t)start + 100000 + 4095) & ~4095UL), 4096, PROT_NONE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  check("wall", wall != MAP_FAILED);
  soft_limit(RLIMIT_DATA, RLIM_INFINITY);
  check("a mapping in the way is respected", brk_(start + 200000) == start + 100000);
  pid_t child = spawn();
  if (child == 0) {
    check("the child has the same break", brk_(0) == start + 100000);
    _exit(brk_(start) != start);
  }
  reap("child", child);
  check("its change is its own", brk_(0) == start + 100000 && start[0] == 'h');
  return 0;
}
