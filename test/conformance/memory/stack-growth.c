/* memory: the stack grows on demand up to RLIMIT_STACK and not beyond.
 *
 * setrlimit(2), RLIMIT_STACK; mmap(2), MAP_GROWSDOWN.
 */
#include "case.h"
#include <sys/resource.h>

__attribute__((noinline)) static long use(size_t size) {
  volatile char *area = __builtin_alloca(size);
  long sum = 0;
  for (size_t at = 0; at < size; at += 4096) area[at] = 1, sum += area[at];
  return sum;
}

static void attempt(const char *name, size_t limit, size_t size) {
  pid_t child = spawn();
  if (child == 0) {
    soft_limit(RLIMIT_STACK, limit);
    show("  pages used", use(size));
    _exit(0);
  }
  reap(name, child);
}

int main(void) {
  attempt("1 MiB of 8 MiB", 8 << 20, 1 << 20);
  attempt("6 MiB of 8 MiB", 8 << 20, 6 << 20);
  attempt("9 MiB of 8 MiB", 8 << 20, 9 << 20);
  attempt("9 MiB of 16 MiB", 16 << 20, 9 << 20);
  attempt("2 MiB of 1 MiB", 1 << 20, 2 << 20);
  char line;
  volatile char *far = (char *)hidden((long)&line) - (1 << 20);
  *far = 3; /* a store far below the stack pointer, within the limit, is allowed */
  show("far below the stack pointer", *far);
  return 0;
}
