/* pipe: readers wait for data, writers for room, and a large write completes in pieces.
 *
 * pipe(7), read(2), write(2).
 */
#include "case.h"

int main(void) {
  int ends[2], back[2];
  static char block[300000];
  must("pipe", pipe(ends)), must("pipe", pipe(back));
  pid_t child = spawn();
  if (child == 0) {
    close(ends[1]);
    long total = 0, got;
    unsigned wrong = 0;
    while ((got = read(ends[0], block, 70000)) > 0) {
      for (long i = 0; i < got; i++) wrong += block[i] != (char)((total + i) % 251);
      total += got;
    }
    say("reader: %ld bytes, wrong %u", total, wrong);
    _exit(0);
  }
  for (size_t i = 0; i < sizeof block; i++) block[i] = i % 251;
  close(ends[0]);
  show("one write of 300000 bytes", write(ends[1], block, sizeof block));
  close(ends[1]);
  reap("reader", child);

  must("pipe", pipe(ends));
  child = spawn();
  if (child == 0) {
    char byte;
    for (int i = 0; i < 2000; i++) {
      must("read", read(ends[0], &byte, 1));
      byte++;
      must("write", write(back[1], &byte, 1));
    }
    _exit(0);
  }
  long wrong = 0;
  for (int i = 0; i < 2000; i++) {
    char byte = i;
    must("write", write(ends[1], &byte, 1));
    must("read", read(back[0], &byte, 1));
    wrong += byte != (char)(i + 1);
  }
  show("ping-pong errors", wrong);
  reap("partner", child);
  return 0;
}
