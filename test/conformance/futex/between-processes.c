/* futex: a word in shared memory wakes across processes; private memory does not.
 *
 * futex(2): shared futexes are keyed by the page or the file.
 */
#include "case.h"
#include <linux/futex.h>

static long futex(int *address, int operation, int value, const struct timespec *timeout) {
  return syscall(SYS_futex, address, operation, value, timeout, NULL, 0);
}

static void run(const char *name, int *mine, int *others) {
  *mine = 0;
  pid_t child = spawn();
  if (child == 0) {
    long rc = -2;
    while (*others == 0) rc = futex(others, FUTEX_WAIT, 0, NULL);
    _exit(rc == 0 ? 7 : 8);
  }
  until_asleep(child);
  *mine = 1;
  show(name, futex(mine, FUTEX_WAKE, 1, NULL));
  reap("  child", child);
}

int main(void) {
  int fd = must("open", open("f", O_CREAT | O_RDWR, 0644));
  must("ftruncate", ftruncate(fd, 8192));
  int *anonymous = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int *first = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  int *second = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
  run("shared anonymous memory", anonymous, anonymous);
  run("a file", first, first);
  run("a file mapped at another address", first + 1024, second);
  static int private_word;
  pid_t child = spawn();
  if (child == 0) _exit(futex(&private_word, FUTEX_WAIT, 0, &(struct timespec){ 0, 30000000 }) == -1
      && errno == ETIMEDOUT ? 5 : 6);
  until_asleep(child);
  show("private memory wakes nobody elsewhere", futex(&private_word, FUTEX_WAKE, 100, NULL));
  reap("  child", child);
  show("PRIVATE flag does not find a shared waiter", futex(anonymous, FUTEX_WAKE_PRIVATE, 100, NULL));

  /* A word where there is no memory. */
  int *grown = mremap(anonymous, 4096, 8192, MREMAP_MAYMOVE);
  check("shared memory grows", grown != MAP_FAILED);
  show("wake in it", futex(grown, FUTEX_WAKE, 1, NULL));
  show("wake behind what it was", futex(grown + 1024, FUTEX_WAKE, 1, NULL));
  must("ftruncate", ftruncate(fd, 4096));
  show("wake in a file", futex(first, FUTEX_WAKE, 1, NULL));
  show("wake behind its end", futex(first + 1024, FUTEX_WAKE, 1, NULL));
  must("mprotect", mprotect(grown, 4096, PROT_NONE));
  show("wake where nothing can be read", futex(grown, FUTEX_WAKE, 1, NULL));
  munmap(grown, 8192);
  show("wake where nothing is", futex(grown, FUTEX_WAKE, 1, NULL));
  return 0;
}
