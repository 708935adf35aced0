/* memory: private file pages are copied on write; shared ones show in read() and in other mappings.
 *
 * mmap(2), MAP_PRIVATE and MAP_SHARED; msync(2).
 */
#include "case.h"

int main(void) {
  char bytes[8];
  make_file("f", "abcdefgh");
  int fd = must("open", open("f", O_RDWR));
  char *private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *second = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  private[0] = 'P';
  text("file after a private store", bytes, pread(fd, bytes, 8, 0));
  shared[1] = 'S';
  text("file after a shared store", bytes, pread(fd, bytes, 8, 0));
  text("other mapping", second, 8);
  text("private mapping", private, 1);
  must("pwrite", pwrite(fd, "W", 1, 2));
  text("shared after pwrite", shared, 8);
  shared[100] = 'x';
  show("a store past the end does not grow the file", lseek(fd, 0, SEEK_END));
  must("ftruncate", ftruncate(fd, 101));
  show("msync MS_SYNC", msync(shared, 4096, MS_SYNC));
  show("msync MS_ASYNC", msync(shared, 4096, MS_ASYNC));
  show("msync both", msync(shared, 4096, MS_ASYNC | MS_SYNC));
  show("msync unknown flag", msync(shared, 4096, 16));
  show("msync unaligned", msync(shared + 1, 4096, MS_SYNC));
  munmap(second, 4096);
  show("msync of a hole", msync(second, 4096, MS_SYNC));
  must("unlink", unlink("f"));
  close(fd);
  shared[3] = 'U';
  text("still shared after unlink and close", shared, 8);
  pid_t child = spawn();
  if (child == 0) {
    shared[4] = 'C', private[4] = 'C';
    _exit(0);
  }
  reap("child", child);
  text("child's store in shared", shared, 8);
  text("not in private", private + 4, 4);
  return 0;
}
