/* file: /dev/null, zero, full, random and urandom behave as described.
 *
 * null(4), full(4), random(4).
 */
#include "case.h"

int main(void) {
  char bytes[100], others[100], zero[100] = "";
  int null = must("open", open("/dev/null", O_RDWR)), zeroes = must("open", open("/dev/zero", O_RDWR));
  int full = must("open", open("/dev/full", O_RDWR)), urandom = must("open", open("/dev/urandom", O_RDWR));
  show("read null", read(null, bytes, 100));
  show("write null", write(null, bytes, 100));
  show("write null from a bad pointer", write(null, bad_pointer(), 100));
  show("lseek null", lseek(null, 1000, SEEK_SET));
  show("ftruncate null", ftruncate(null, 0));
  memset(bytes, 'x', 100);
  show("read zero", read(zeroes, bytes, 100));
  check("all zero", memcmp(bytes, zero, 100) == 0);
  show("write zero", write(zeroes, bytes, 100));
  show("read full", read(full, bytes, 100));
  check("all zero", memcmp(bytes, zero, 100) == 0);
  show("write full", write(full, "x", 1));
  show("write nothing to full", write(full, "x", 0));
  show("read urandom", read(urandom, bytes, 100));
  show("read urandom again", read(urandom, others, 100));
  check("differs", memcmp(bytes, others, 100) != 0);
  show("write urandom", write(urandom, "seed", 4));
  show("read urandom into a bad pointer", read(urandom, bad_pointer(), 100));
  show("read random", read(must("open", open("/dev/random", O_RDONLY)), bytes, 10));
  show("O_TRUNC of null", open("/dev/null", O_WRONLY | O_TRUNC) >= 0 ? 0 : -1);
  pid_t child = spawn();
  if (child == 0) {
    must("setsid", setsid());
    show("open /dev/tty without a terminal", open("/dev/tty", O_RDWR));
    _exit(0);
  }
  reap("child", child);
  int ends[2];
  must("pipe", pipe(ends));
  snprintf(bytes, sizeof bytes, "/dev/fd/%d", ends[1]);
  int copy = open(bytes, O_WRONLY);
  show("write through /dev/fd", write(copy, "hi", 2));
  text("read", others, read(ends[0], others, 10));
  return 0;
}
