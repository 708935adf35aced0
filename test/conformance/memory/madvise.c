/* memory: MADV_DONTNEED zeroes private memory and re-reads files; bad advice is refused.
 *
 * madvise(2).
 */
#include "case.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

int main(void) {
  int rw = PROT_READ | PROT_WRITE;
  char *area = mmap(NULL, 4 * 4096, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(area, 'x', 4 * 4096);
  show("DONTNEED", madvise(area + 4096, 4096, MADV_DONTNEED));
  say("%d %d %d", area[4095], area[4096], area[8192]);
  make_file("f", "from the file");
  int fd = must("open", open("f", O_RDWR));
  char *private = mmap(NULL, 4096, rw, MAP_PRIVATE, fd, 0);
  memcpy(private, "FROM", 4);
  show("DONTNEED of a private file page", madvise(private, 4096, MADV_DONTNEED));
  text("content", private, 13);
  char *shared = mmap(NULL, 4096, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  *shared = 's';
  show("DONTNEED of shared memory", madvise(shared, 4096, MADV_DONTNEED));
  check("keeps the content", *shared == 's');
  show("REMOVE of shared memory", madvise(shared, 4096, MADV_REMOVE));
  show("frees it", *shared);
  show("REMOVE of private memory", madvise(area, 4096, MADV_REMOVE));
  show("unaligned", madvise(area + 1, 4096, MADV_DONTNEED));
  show("unknown advice", madvise(area, 4096, 999));
  show("length 0", madvise(area, 0, MADV_DONTNEED));
  munmap(area + 2 * 4096, 4096);
  show("across a hole", madvise(area + 4096, 3 * 4096, MADV_DONTNEED));
  check("what lies behind the hole is done too", area[3 * 4096] == 0);
  show("WILLNEED", madvise(private, 4096, MADV_WILLNEED));
  show("SEQUENTIAL", madvise(private, 4096, MADV_SEQUENTIAL));
  show("FREE", madvise(area, 4096, MADV_FREE));
  show("FREE of a file mapping", madvise(shared, 4096, MADV_FREE));
  show("POPULATE_WRITE", madvise(area, 8192, MADV_POPULATE_WRITE));
  must("mprotect", mprotect(area, 4096, PROT_READ));
  show("POPULATE_WRITE of a read-only page", madvise(area, 4096, MADV_POPULATE_WRITE));
  show("POPULATE_READ", madvise(area, 4096, MADV_POPULATE_READ));
  return 0;
}
