/* memory: memfd_create() makes an unnamed file that can be sealed.
 *
 * memfd_create(2), fcntl(2) F_ADD_SEALS.
 */
#include "case.h"

int main(void) {
  char target[64] = "", long_name[300];
  int fd = memfd_create("example", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  check("close-on-exec", fcntl(fd, F_GETFD) == FD_CLOEXEC);
  show("empty at first", lseek(fd, 0, SEEK_END));
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  must("readlink", readlink(link, target, sizeof target - 1));
  say("its name: %s", target);
  show("write", write(fd, "0123456789", 10));
  char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  text("mapped", map, 10);
  show("no seals", fcntl(fd, F_GET_SEALS));
  show("SEAL_WRITE while mapped writable", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  show("SEAL_SHRINK", fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
  show("shrink", ftruncate(fd, 5));
  show("grow", ftruncate(fd, 20));
  show("SEAL_GROW", fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
  show("grow", ftruncate(fd, 30));
  show("write across the end", pwrite(fd, "abcdef", 6, 18));
  show("write inside", pwrite(fd, "ab", 2, 18));
  munmap(map, 4096);
  show("SEAL_WRITE", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  show("write", pwrite(fd, "x", 1, 0));
  show_ok("map writable", (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  show_ok("map private writable", (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
  show("SEAL_SEAL", fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
  show("any seal now", fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
  show("seals", fcntl(fd, F_GET_SEALS));
  int plain = memfd_create("", 0);
  show("without ALLOW_SEALING", fcntl(plain, F_GET_SEALS));
  show("add a seal", fcntl(plain, F_ADD_SEALS, F_SEAL_GROW));
  show("seals of a plain file", fcntl(must("open", open("f", O_CREAT | O_RDWR, 0600)), F_GET_SEALS));
  show("unknown flag", memfd_create("x", 0x8000));
  memset(long_name, 'n', 299), long_name[250] = 0;
  show("name of 250 bytes", memfd_create(long_name, 0));
  long_name[249] = 0;
  show_ok("name of 249 bytes", memfd_create(long_name, 0));
  show("bad name", memfd_create(bad_pointer(), 0));
  return 0;
}
