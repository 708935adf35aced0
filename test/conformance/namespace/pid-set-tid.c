/* namespace: clone3's set_tid chooses the numbers of a child, the innermost namespace's first.
 *
 * clone(2), "The set_tid array".
 */
#include "case.h"

#include <linux/sched.h>

static pid_t clone_as(unsigned long long flags, pid_t *wanted, size_t count) {
  struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD, .set_tid = (uintptr_t)wanted, .set_tid_size = count };
  return syscall(SYS_clone3, &args, sizeof args);
}

/** A number that nobody has. */
static pid_t unused(void) {
  pid_t pid = 30000;
  while (kill(pid, 0) == 0 || getpgid(pid) != -1) pid--;
  return pid;
}

int main(void) {
  pid_t wanted = unused();
  pid_t child = clone_as(0, &wanted, 1);
  if (child == 0) _exit(getpid() == wanted ? 0 : 1);
  check("the number it was given", child == wanted);
  reap("child", child);

  show("size without array", clone_as(0, NULL, 1));
  show("array without size", clone_as(0, &wanted, 0));
  show("too many", clone_as(0, &wanted, 33));
  pid_t more[2] = { 5, 6 };
  show("more than namespaces", clone_as(0, more, 2));
  show("0", clone_as(0, &(pid_t){ 0 }, 1));
  show("negative", clone_as(0, &(pid_t){ -1 }, 1));
  show("taken", clone_as(0, &(pid_t){ getpid() }, 1));
  show("a bad pointer", clone_as(0, bad_pointer(), 1));
  show("a new namespace begins with 1", clone_as(CLONE_NEWPID, &(pid_t){ 2 }, 1));

  pid_t both[2] = { 1, wanted };
  child = clone_as(CLONE_NEWPID, both, 2);
  if (child == 0) {
    show("inner number", getpid());
    pid_t inner = 42;
    pid_t grandchild = clone_as(0, &inner, 1);
    if (grandchild == 0) {
      show("chosen", getpid());
      _exit(0);
    }
    show("chosen", grandchild);
    reap("grandchild", grandchild);
    pid_t next = fork();
    if (next == 0) _exit(0);
    check("the next is the one after", next > 1);
    reap("next", next);
    _exit(0);
  }
  reap("child", child);
  check("outer number", child == wanted);
  return 0;
}
