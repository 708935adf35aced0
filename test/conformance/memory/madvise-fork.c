/* memory: MADV_DONTFORK pages are missing in the child, MADV_WIPEONFORK pages are zero.
 *
 * madvise(2).
 */
#include "case.h"

int main(void) {
  char *area = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  memset(area, 'x', 5 * 4096);
  show("DONTFORK", madvise(area + 4096, 4096, MADV_DONTFORK));
  show("WIPEONFORK", madvise(area + 2 * 4096, 4096, MADV_WIPEONFORK));
  show("WIPEONFORK of the next page", madvise(area + 3 * 4096, 4096, MADV_WIPEONFORK));
  show("KEEPONFORK takes it back", madvise(area + 3 * 4096, 4096, MADV_KEEPONFORK));
  show("WIPEONFORK of shared memory", madvise(shared, 4096, MADV_WIPEONFORK));
  pid_t child = spawn();
  if (child == 0) {
    say("child: %d %d %d %d", area[0], area[2 * 4096], area[3 * 4096], area[4 * 4096]);
    show("child: DONTFORK page", mincore(area + 4096, 4096, (unsigned char[1]){ 0 }));
    area[2 * 4096] = 'w';
    pid_t grandchild = spawn();
    if (grandchild == 0) {
      say("grandchild: wiped again %d", area[2 * 4096]);
      _exit(0);
    }
    reap("grandchild", grandchild);
    _exit(*(volatile char *)(area + 4096));
  }
  reap("child touches the DONTFORK page", child);
  say("parent: %d %d", area[4096], area[2 * 4096]);
  return 0;
}
