/* pipe: 64 KiB fit; F_SETPIPE_SZ changes that within limits.
 *
 * pipe(7), "Pipe capacity"; fcntl(2), F_SETPIPE_SZ.
 */
#include "case.h"

static long fill(int fd, size_t chunk) {
  static char block[65536];
  long total = 0, got;
  while ((got = write(fd, block, chunk)) > 0) total += got;
  return total;
}

int main(void) {
  int ends[2];
  char bytes[8192];
  must("pipe2", pipe2(ends, O_NONBLOCK));
  show("F_GETPIPE_SZ", fcntl(ends[1], F_GETPIPE_SZ));
  show("filled by 4096", fill(ends[1], 4096));
  show("write when full", write(ends[1], "x", 1));
  show("shrink below the content", fcntl(ends[1], F_SETPIPE_SZ, 4096));
  show("grow", fcntl(ends[1], F_SETPIPE_SZ, 100000));
  show("filled further", fill(ends[1], 4096));
  long total = 0, got;
  while ((got = read(ends[0], bytes, sizeof bytes)) > 0) total += got;
  show("read back", total);
  show("shrink to the minimum", fcntl(ends[0], F_SETPIPE_SZ, 1));
  show("filled by 1000", fill(ends[1], 1000));
  show("size 0", fcntl(ends[0], F_SETPIPE_SZ, 0));
  show("negative size", fcntl(ends[0], F_SETPIPE_SZ, -1));
  show("of a file", fcntl(0, F_GETPIPE_SZ));
  must("setresuid", setresuid(1000, 1000, 1000));
  show("a user above the limit of 1 MiB", fcntl(ends[0], F_SETPIPE_SZ, 2 << 20));
  return 0;
}
