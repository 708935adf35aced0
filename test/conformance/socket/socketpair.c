/* socket: socketpair() makes connected stream, datagram and seqpacket sockets.
 *
 * socketpair(2), unix(7).
 */
#include "case.h"
#include <sys/socket.h>

static void run(const char *name, int type) {
  int pair[2];
  char bytes[32];
  say("-- %s", name);
  show("socketpair", socketpair(AF_UNIX, type, 0, pair));
  show("send 3", send(pair[0], "one", 3, 0));
  show("send 3", send(pair[0], "two", 3, 0));
  show("send 0", send(pair[0], "", 0, 0));
  text("receive 4", bytes, recv(pair[1], bytes, 4, 0));
  text("receive", bytes, recv(pair[1], bytes, sizeof bytes, 0));
  show("receive, not waiting", recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT));
  must("write", write(pair[1], "back", 4));
  text("the other way", bytes, read(pair[0], bytes, sizeof bytes));
  must("write", write(pair[0], "last", 4));
  close(pair[0]);
  text("what was sent before the close", bytes, recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT));
  show("then", recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT));
  show("send after the close", send(pair[1], "x", 1, MSG_NOSIGNAL));
  close(pair[1]);
}

int main(void) {
  int pair[2];
  run("stream", SOCK_STREAM), run("datagram", SOCK_DGRAM), run("seqpacket", SOCK_SEQPACKET);
  show("inet pair", socketpair(AF_INET, SOCK_STREAM, 0, pair));
  show("unknown type", socketpair(AF_UNIX, 77, 0, pair));
  show("unknown protocol", socketpair(AF_UNIX, SOCK_STREAM, 6, pair));
  show("bad pointer", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, bad_pointer()));
  show("SOCK_NONBLOCK|SOCK_CLOEXEC", socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
  say("flags %d %d", fcntl(pair[0], F_GETFD), !!(fcntl(pair[1], F_GETFL) & O_NONBLOCK));
  return 0;
}
