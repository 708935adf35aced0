/* file: lseek() moves freely past the end, refuses negative results, and knows holes and data.
 *
 * lseek(2).
 */
#include "case.h"

int main(void) {
  int ends[2];
  must("pipe", pipe(ends));
  int fd = must("open", open("f", O_CREAT | O_RDWR, 0644));
  must("write", write(fd, "0123456789", 10));
  show("SEEK_SET 4", lseek(fd, 4, SEEK_SET));
  show("SEEK_CUR -1", lseek(fd, -1, SEEK_CUR));
  show("SEEK_END -2", lseek(fd, -2, SEEK_END));
  show("SEEK_END +5", lseek(fd, 5, SEEK_END));
  show("SEEK_SET -1", lseek(fd, -1, SEEK_SET));
  show("SEEK_CUR -100", lseek(fd, -100, SEEK_CUR));
  show("unchanged", lseek(fd, 0, SEEK_CUR));
  show("whence 9", lseek(fd, 0, 9));
  show("overflow", lseek(fd, 0x7fffffffffffffff, SEEK_CUR));
  show("pipe", lseek(ends[0], 0, SEEK_SET));
  show("closed", lseek(99, 0, SEEK_SET));
  off_t mib = 1 << 20;
  must("ftruncate", ftruncate(fd, 0));
  must("pwrite", pwrite(fd, "data", 4, 4 * mib));
  must("ftruncate", ftruncate(fd, 8 * mib));
  show("SEEK_DATA 0", lseek(fd, 0, SEEK_DATA) / mib);
  show("SEEK_HOLE 0", lseek(fd, 0, SEEK_HOLE));
  check("SEEK_HOLE after the data", lseek(fd, 4 * mib, SEEK_HOLE) < 5 * mib && lseek(fd, 0, SEEK_CUR) > 4 * mib);
  show("SEEK_DATA inside data", lseek(fd, 4 * mib + 1, SEEK_DATA) - 4 * mib);
  show("SEEK_DATA in the last hole", lseek(fd, 6 * mib, SEEK_DATA));
  show("SEEK_HOLE in the last hole", lseek(fd, 6 * mib, SEEK_HOLE) - 6 * mib);
  show("SEEK_HOLE at the end", lseek(fd, 8 * mib, SEEK_HOLE));
  show("SEEK_DATA beyond the end", lseek(fd, 9 * mib, SEEK_DATA));
  show("SEEK_DATA -1", lseek(fd, -1, SEEK_DATA));
  return 0;
}
