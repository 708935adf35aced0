/* memory: a sealed mapping can be neither unmapped, moved, replaced nor protected otherwise.
 *
 * mseal(2).
 */
#include "case.h"
#include <sys/syscall.h>

static long seal(void *address, size_t length, unsigned long flags) { return syscall(462, address, length, flags); }

int main(void) {
  char *area = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(area + 4096, "kept");
  show("with flags", seal(area, 4096, 1));
  show("unaligned", seal(area + 1, 4096, 0));
  show("nothing", seal(area, 0, 0));
  must("munmap", munmap(area + 4 * 4096, 4096));
  show("a hole", seal(area + 3 * 4096, 2 * 4096, 0));
  show("seal the second page", seal(area + 4096, 4096, 0));
  show("seal it again", seal(area + 4096, 4096, 0));
  show("unmap it", munmap(area + 4096, 4096));
  show("unmap all", munmap(area, 4 * 4096));
  show("protect it", mprotect(area + 4096, 4096, PROT_READ));
  show("protect it as it is", mprotect(area + 4096, 4096, PROT_READ | PROT_WRITE));
  show("protect the first", mprotect(area, 4096, PROT_READ));
  show("protect both", mprotect(area, 2 * 4096, PROT_READ | PROT_WRITE));
  show_ok("map over it", (long)mmap(area + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  show_ok("grow it", (long)mremap(area + 4096, 4096, 8192, MREMAP_MAYMOVE));
  show_ok("move it", (long)mremap(area + 4096, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, other));
  show_ok("move over it", (long)mremap(other, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, area + 4096));
  show("empty it while it can be written", madvise(area + 4096, 4096, MADV_DONTNEED));
  check("it is empty", area[4096] == 0);
  strcpy(area + 4096, "still written");
  text("content", area + 4096, 13);
  char *constant = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  show("seal a constant", seal(constant, 4096, 0));
  show("empty it", madvise(constant, 4096, MADV_DONTNEED));
  show("other advice", madvise(constant, 4096, MADV_WILLNEED));
  show("unmap the neighbours", munmap(area, 4096) | munmap(area + 2 * 4096, 2 * 4096));
  pid_t child = spawn();
  if (child == 0) {
    show("the child inherits it", munmap(area + 4096, 4096));
    _exit(0);
  }
  reap("child", child);
  return 0;
}
