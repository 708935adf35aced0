/* process: CLONE_PARENT_SETTID, CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID store the thread id.
 *
 * clone(2); set_tid_address(2): at exit the kernel clears the word and wakes a futex waiter.
 */
#include "case.h"
#include <linux/futex.h>

static volatile int parent_tid, child_tid = -1;
static volatile int seen_by_child;

static int child_main(void *unused) {
  seen_by_child = child_tid == gettid();
  return 0;
}

int main(void) {
  char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int flags = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
  pid_t child = must("clone", clone(child_main, stack + 65536, flags, NULL, &parent_tid, NULL, &child_tid));
  check("parent's word holds the tid", parent_tid == child);
  for (int now; (now = child_tid) != 0;) syscall(SYS_futex, &child_tid, FUTEX_WAIT, now, NULL, NULL, 0);
  check("child saw its own tid", seen_by_child);
  show("child's word after exit", child_tid);
  reap("child", child);

  pid_t forked = syscall(SYS_clone, CLONE_CHILD_SETTID | SIGCHLD, NULL, NULL, &child_tid, NULL);
  if (forked == 0) _exit(child_tid == getpid() ? 21 : 22);
  reap("forked child found its tid", forked);
  show("our copy is untouched", child_tid);
  check("set_tid_address returns the tid", syscall(SYS_set_tid_address, &child_tid) == gettid());
  return 0;
}
