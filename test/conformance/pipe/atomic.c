/* pipe: writes of at most PIPE_BUF bytes are all or nothing and never interleave.
 *
 * pipe(7), PIPE_BUF.
 */
#include "case.h"
#include <limits.h>

int main(void) {
  int ends[2];
  static char block[65536];
  must("pipe", pipe(ends));
  pid_t children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = spawn();
    if (children[i] == 0) {
      memset(block, 'a' + i, PIPE_BUF);
      for (int n = 0; n < 100; n++) must("write", write(ends[1], block, PIPE_BUF));
      _exit(0);
    }
  }
  close(ends[1]);
  long torn = 0, total = 0, counts[4] = { 0 };
  for (;;) {
    size_t have = 0;
    while (have < PIPE_BUF) {
      ssize_t got = read(ends[0], block + have, PIPE_BUF - have);
      if (got <= 0) break;
      have += got;
    }
    if (have == 0) break;
    total += have;
    for (size_t i = 1; i < have; i++) torn += block[i] != block[0];
    counts[block[0] - 'a']++;
  }
  say("total %ld, torn %ld, blocks %ld %ld %ld %ld", total, torn, counts[0], counts[1], counts[2], counts[3]);
  for (int i = 0; i < 4; i++) reap("writer", children[i]);

  must("pipe2", pipe2(ends, O_NONBLOCK));
  must("fill", write(ends[1], block, 65536 - 100));
  show("nonblocking, PIPE_BUF bytes into 100", write(ends[1], block, PIPE_BUF));
  must("read", read(ends[0], block, 4096));
  show("after one page was read", write(ends[1], block, PIPE_BUF));
  must("read", read(ends[0], block, 8192));
  show("nonblocking, more than fits", write(ends[1], block, 20000));
  return 0;
}
