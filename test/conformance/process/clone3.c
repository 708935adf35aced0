/* process: clone3() takes a sized structure and rejects what it does not know.
 *
 * clone(2), clone3(): E2BIG and EINVAL for sizes and unknown bits.
 */
#include "case.h"
#include <linux/sched.h>

static long call(struct clone_args *arguments, size_t size) {
  long child = syscall(SYS_clone3, arguments, size);
  if (child == 0) _exit(6);
  return child;
}

int main(void) {
  struct clone_args good = { .exit_signal = SIGCHLD };
  long child = call(&good, sizeof good);
  reap("fork by clone3", child);
  child = call(&good, CLONE_ARGS_SIZE_VER0);
  reap("fork with the first structure size", child);

  show("size too small", call(&good, CLONE_ARGS_SIZE_VER0 - 1));
  show("size larger than a page", call(&good, 8192));
  struct { struct clone_args known; uint64_t more; } longer = { .known = good };
  reap("longer, zero tail", call(&longer.known, sizeof longer));
  longer.more = 1;
  show("longer, nonzero tail", call(&longer.known, sizeof longer));
  show("bad pointer", call(bad_pointer(), sizeof good));

  struct clone_args bad = good;
  bad.flags = SIGCHLD;
  show("signal inside flags", call(&bad, sizeof bad));
  bad = good, bad.exit_signal = 100;
  show("exit signal 100", call(&bad, sizeof bad));
  bad = good, bad.stack = (uintptr_t)&bad;
  show("stack without size", call(&bad, sizeof bad));
  bad = good, bad.stack_size = 4096;
  show("size without stack", call(&bad, sizeof bad));
  bad = good, bad.flags = CLONE_SIGHAND;
  show("CLONE_SIGHAND without CLONE_VM", call(&bad, sizeof bad));
  return 0;
}
