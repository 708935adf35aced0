/* memory: anonymous shared memory is one object for parent, child and grandchild, and /dev/zero maps alike.
 *
 * mmap(2), MAP_SHARED|MAP_ANONYMOUS; null(4).
 */
#include "case.h"

int main(void) {
  int zero = must("open", open("/dev/zero", O_RDWR));
  int *counter = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int *from_zero = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
  int *private_zero = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
  pid_t children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = spawn();
    if (children[i] == 0) {
      pid_t grandchild = i == 0 ? spawn() : 0;
      for (int n = 0; n < 10000; n++) __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
      __atomic_add_fetch(from_zero, 1, __ATOMIC_SEQ_CST);
      ++*private_zero;
      if (grandchild) waitpid(grandchild, NULL, 0);
      _exit(0);
    }
  }
  for (int i = 0; i < 4; i++) reap("child", children[i]);
  say("counter %d, /dev/zero shared %d, private %d", *counter, *from_zero, *private_zero);
  counter[1024] = 5;
  pid_t child = spawn();
  if (child == 0) {
    munmap(counter, 4096);
    counter[1024]++;
    must("mprotect", mprotect(counter + 1024, 4096, PROT_READ));
    _exit(0);
  }
  reap("child", child);
  say("second page %d, and we may still write it", ++counter[1024]);
  return 0;
}
