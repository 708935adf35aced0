/* socket: MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL and SO_RCVTIMEO change how recv() waits and takes.
 *
 * recv(2), socket(7).
 */
#include "case.h"
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(void) {
  int pair[2], left = -1;
  char bytes[16];
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  show("MSG_DONTWAIT", recv(pair[1], bytes, 1, MSG_DONTWAIT));
  must("send", send(pair[0], "abcdef", 6, 0));
  text("MSG_PEEK", bytes, recv(pair[1], bytes, 3, MSG_PEEK));
  text("still there", bytes, recv(pair[1], bytes, 2, 0));
  ioctl(pair[1], FIONREAD, &left);
  show("FIONREAD", left);
  pid_t child = spawn();
  if (child == 0) {
    text("MSG_WAITALL", bytes, recv(pair[1], bytes, 8, MSG_WAITALL));
    _exit(0);
  }
  until_asleep(child);
  must("send", send(pair[0], "gh", 2, 0));
  until_asleep(child);
  must("send", send(pair[0], "ijkl", 4, 0));
  reap("child", child);
  text("what was too much", bytes, recv(pair[1], bytes, 16, 0));
  struct timeval timeout = { 0, 10000 };
  must("SO_RCVTIMEO", setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  int64_t start = now_ns(CLOCK_MONOTONIC);
  show("receive with a timeout", recv(pair[1], bytes, 1, 0));
  check("it waited", now_ns(CLOCK_MONOTONIC) - start >= 9000000);
  must("SO_SNDTIMEO", setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout));
  static char block[65536];
  while (send(pair[0], block, sizeof block, 0) > 0) {}
  show("send with a timeout", send(pair[0], block, sizeof block, 0));
  show("send MSG_DONTWAIT", send(pair[0], block, 1, MSG_DONTWAIT));
  close(pair[0]);
  while (recv(pair[1], block, sizeof block, 0) > 0) {}
  show("MSG_WAITALL at the end", recv(pair[1], bytes, 8, MSG_WAITALL));
  show("MSG_OOB of a datagram", send(socket(AF_UNIX, SOCK_DGRAM, 0), "x", 1, MSG_OOB));
  show("recv of a file", recv(0, bytes, 1, 0));
  show("recv closed", recv(99, bytes, 1, 0));
  return 0;
}
