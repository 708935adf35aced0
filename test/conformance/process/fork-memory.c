/* process: after fork() each side sees its own copy of memory, and shares MAP_SHARED pages.
 *
 * fork(2): "the memory space of the child is a copy"; mmap(2), MAP_SHARED.
 */
#include "case.h"

static int global = 1;

int main(void) {
  int local = 10;
  int *heap = malloc(sizeof *heap);
  int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char *big = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *heap = 100;
  memset(big, 'p', 8 << 20);
  pid_t child = spawn();
  if (child == 0) {
    check("child sees the parent's values", global == 1 && local == 10 && *heap == 100 && big[5 << 20] == 'p');
    global = local = *heap = *shared = -1;
    memset(big, 'c', 8 << 20);
    _exit(0);
  }
  reap("child", child);
  say("global %d, local %d, heap %d, shared %d", global, local, *heap, *shared);
  size_t changed = 0;
  for (size_t i = 0; i < 8 << 20; i++) changed += big[i] != 'p';
  say("private bytes changed by the child: %zu", changed);
  return 0;
}
