/* pipe: bytes come out in order; the end of the file comes when the last writer closes.
 *
 * pipe(2), pipe(7).
 */
#include "case.h"
#include <sys/ioctl.h>

int main(void) {
  int ends[2], left = -1;
  char bytes[32];
  show("pipe", pipe(ends));
  show("write", write(ends[1], "hello ", 6));
  show("write", write(ends[1], "pipe", 4));
  ioctl(ends[0], FIONREAD, &left);
  show("FIONREAD", left);
  text("read 3", bytes, read(ends[0], bytes, 3));
  text("read the rest", bytes, read(ends[0], bytes, 32));
  show("read from the write end", read(ends[1], bytes, 1));
  show("write to the read end", write(ends[0], bytes, 1));
  show("read of nothing does not block", read(ends[0], bytes, 0));
  int copy = dup(ends[1]);
  close(ends[1]);
  show("write through the duplicate", write(copy, "x", 1));
  close(copy);
  text("what was left", bytes, read(ends[0], bytes, 32));
  show("end of file", read(ends[0], bytes, 32));
  show("end of file again", read(ends[0], bytes, 32));
  show("bad pointer", syscall(SYS_pipe2, bad_pointer(), 0));
  show("unknown flags", pipe2(ends, O_CREAT));
  show("O_CLOEXEC|O_NONBLOCK", pipe2(ends, O_CLOEXEC | O_NONBLOCK));
  say("descriptor flags %d, nonblock %d", fcntl(ends[0], F_GETFD), !!(fcntl(ends[1], F_GETFL) & O_NONBLOCK));
  show("empty and nonblocking", read(ends[0], bytes, 1));
  return 0;
}
