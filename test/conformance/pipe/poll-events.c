/* pipe: poll() reports IN, OUT, HUP and ERR for each end in each state.
 *
 * poll(2), pipe(7).
 */
#include "case.h"
#include <poll.h>

static void print(const char *name, int fd) {
  struct pollfd poller = { fd, POLLIN | POLLOUT, 0 };
  must("poll", poll(&poller, 1, 0));
  say("%s:%s%s%s%s%s", name, poller.revents & POLLIN ? " IN" : "", poller.revents & POLLOUT ? " OUT" : "",
      poller.revents & POLLHUP ? " HUP" : "", poller.revents & POLLERR ? " ERR" : "", poller.revents ? "" : " nothing");
}

int main(void) {
  int ends[2];
  static char block[65536];
  must("pipe", pipe2(ends, O_NONBLOCK));
  print("reader of an empty pipe", ends[0]), print("its writer", ends[1]);
  must("write", write(ends[1], "x", 1));
  print("reader with data", ends[0]), print("its writer", ends[1]);
  must("read", read(ends[0], block, 1));
  must("fill", write(ends[1], block, 65536));
  print("reader of a full pipe", ends[0]), print("its writer", ends[1]);
  must("read", read(ends[0], block, 100));
  print("writer after 100 bytes were read", ends[1]);
  must("read", read(ends[0], block, 4096));
  print("writer after another page", ends[1]);
  close(ends[1]);
  print("reader with data, writer gone", ends[0]);
  while (read(ends[0], block, sizeof block) > 0) {}
  print("reader of a finished pipe", ends[0]);
  must("pipe", pipe2(ends, O_NONBLOCK));
  close(ends[0]);
  print("writer without readers", ends[1]);
  must("mkfifo", mkfifo("p", 0644));
  int reader = must("open", open("p", O_RDONLY | O_NONBLOCK));
  print("fifo reader before any writer", reader);
  close(must("open", open("p", O_WRONLY)));
  print("fifo reader after the writer left", reader);
  return 0;
}
