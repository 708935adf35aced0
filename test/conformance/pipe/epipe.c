/* pipe: write() fails with EPIPE when no reader is left.
 *
 * pipe(7): "If all file descriptors referring to the read end of a pipe have been closed".
 */
#include "case.h"

int main(void) {
  int ends[2];
  signal(SIGPIPE, SIG_IGN);
  must("pipe", pipe(ends));
  int copy = dup(ends[0]);
  close(ends[0]);
  show("one reader left", write(ends[1], "x", 1));
  close(copy);
  show("no reader left", write(ends[1], "x", 1));
  must("pipe", pipe(ends));
  pid_t child = spawn();
  if (child == 0) {
    char block[65536] = "";
    close(ends[0]);
    must("write", write(ends[1], block, sizeof block));
    show("a writer blocked on a full pipe", write(ends[1], "x", 1));
    _exit(0);
  }
  until_asleep(child);
  close(ends[0]);
  reap("child", child);
  must("pipe", pipe(ends));
  child = spawn();
  if (child == 0) {
    char block[100000] = "";
    close(ends[0]);
    show("partly written before the reader left", write(ends[1], block, sizeof block));
    _exit(0);
  }
  until_asleep(child);
  close(ends[0]);
  reap("child", child);
  return 0;
}
