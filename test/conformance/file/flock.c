/* file: flock() belongs to the open file description: shared by dup and fork, apart for a second open.
 *
 * flock(2).
 */
#include "case.h"
#include <sys/file.h>

int main(void) {
  make_file("f", "");
  int first = must("open", open("f", O_RDWR)), second = must("open", open("f", O_RDONLY));
  show("exclusive", flock(first, LOCK_EX));
  show("second open, exclusive", flock(second, LOCK_EX | LOCK_NB));
  show("second open, shared", flock(second, LOCK_SH | LOCK_NB));
  int copy = dup(first);
  show("a duplicate holds it already", flock(copy, LOCK_EX | LOCK_NB));
  show("downgrade", flock(first, LOCK_SH | LOCK_NB));
  show("second open, shared", flock(second, LOCK_SH | LOCK_NB));
  show("upgrade is refused now", flock(first, LOCK_EX | LOCK_NB));
  show("unlock second", flock(second, LOCK_UN));
  close(first);
  show("closing one duplicate keeps the lock", flock(second, LOCK_EX | LOCK_NB));
  show("unlock through the duplicate", flock(copy, LOCK_UN));
  show("now it is free", flock(second, LOCK_EX | LOCK_NB));
  pid_t child = spawn();
  if (child == 0) {
    show("the child shares the lock", flock(second, LOCK_EX | LOCK_NB));
    show("another open does not", flock(copy, LOCK_EX | LOCK_NB));
    show("the child unlocks it for all", flock(second, LOCK_UN));
    _exit(0);
  }
  reap("child", child);
  show("indeed", flock(copy, LOCK_EX | LOCK_NB));
  child = spawn();
  if (child == 0) {
    show("blocking lock is granted when the holder closes", flock(second, LOCK_EX));
    _exit(0);
  }
  close(second);
  until_asleep(child);
  flock(copy, LOCK_UN);
  reap("child", child);
  show("operation 0", flock(copy, 0));
  show("closed", flock(99, LOCK_EX));
  show("flock and POSIX locks ignore each other", fcntl(copy, F_SETLK, &(struct flock){ .l_type = F_WRLCK }));
  return 0;
}
