/* file: pread and pwrite leave the offset alone; readv and writev move data through vectors.
 *
 * pread(2), readv(2).
 */
#include "case.h"
#include <limits.h>
#include <sys/uio.h>

int main(void) {
  char a[4] = "", b[8] = "", bytes[32];
  int ends[2], fd = must("open", open("f", O_CREAT | O_RDWR, 0644));
  must("pipe", pipe(ends));
  show("pwrite beyond the end", pwrite(fd, "xyz", 3, 5));
  show("offset", lseek(fd, 0, SEEK_CUR));
  text("the gap reads as zero", bytes, pread(fd, bytes, 32, 0));
  show("pread at the end", pread(fd, bytes, 1, 8));
  show("pread far beyond", pread(fd, bytes, 1, 1 << 30));
  show("pread at -1", pread(fd, bytes, 1, -1));
  show("pread of a pipe", pread(ends[0], bytes, 1, 0));
  show("pwrite of a pipe", pwrite(ends[1], bytes, 1, 0));
  struct iovec out[4] = { { "one", 3 }, { "", 0 }, { NULL, 0 }, { "two!", 4 } };
  show("writev", writev(fd, out, 4));
  must("lseek", lseek(fd, 0, SEEK_SET));
  struct iovec in[2] = { { a, 4 }, { b, 8 } };
  show("readv", readv(fd, in, 2));
  text("first", a, 4), text("second", b, 4);
  show("preadv", preadv(fd, in, 2, 3));
  text("first", a, 4);
  show("preadv2 with offset -1 uses the position", preadv2(fd, in, 1, -1, 0));
  show("preadv2 unknown flags", preadv2(fd, in, 1, 0, 0x4000));
  show("no vectors", readv(fd, in, 0));
  show("too many vectors", syscall(SYS_readv, fd, in, IOV_MAX + 1L));
  show("negative count", syscall(SYS_readv, fd, in, -1));
  in[0].iov_len = -1;
  show("length overflow", readv(fd, in, 2));
  show("bad vector", syscall(SYS_readv, fd, bad_pointer(), 2));
  show("read of length above SSIZE_MAX", syscall(SYS_read, fd, bytes, -1L));
  must("fcntl", fcntl(fd, F_SETFL, O_APPEND));
  must("lseek", lseek(fd, 0, SEEK_SET));
  show("writev with O_APPEND", writev(fd, out, 1));
  show("offset", lseek(fd, 0, SEEK_CUR));
  return 0;
}
