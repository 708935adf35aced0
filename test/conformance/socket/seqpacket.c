/* socket: seqpacket sockets connect like streams and keep message borders like datagrams.
 *
 * unix(7), SOCK_SEQPACKET; recvmsg(2), MSG_TRUNC.
 */
#include "case.h"
#include <sys/socket.h>

static void receive(const char *name, int fd, size_t size, int flags) {
  char bytes[64];
  struct iovec vector = { bytes, size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  ssize_t got = recvmsg(fd, &message, flags);
  if (got < 0) show(name, -1);
  else say("%s: %zd, TRUNC %d, EOR %d", name, got, !!(message.msg_flags & MSG_TRUNC), !!(message.msg_flags & MSG_EOR));
}

int main(void) {
  int pair[2], type;
  socklen_t length = sizeof type;
  must("socketpair", socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
  must("getsockopt", getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &type, &length));
  check("SO_TYPE", type == SOCK_SEQPACKET);
  must("send", send(pair[0], "0123456789", 10, 0)), must("send", send(pair[0], "abc", 3, MSG_EOR));
  must("send", send(pair[0], "", 0, 0)), must("send", send(pair[0], "end", 3, 0));
  receive("peek", pair[1], 64, MSG_PEEK);
  receive("cut to 4", pair[1], 4, 0);
  receive("next", pair[1], 64, 0);
  receive("empty message", pair[1], 64, 0);
  receive("MSG_TRUNC", pair[1], 1, MSG_TRUNC);
  receive("nothing", pair[1], 64, MSG_DONTWAIT);
  show("sendto with an address", sendto(pair[0], "x", 1, 0, &(struct sockaddr){ AF_UNIX }, sizeof(struct sockaddr)));
  show("shutdown for writing", shutdown(pair[0], SHUT_WR));
  receive("end", pair[1], 64, 0);
  show("send after shutdown", send(pair[0], "x", 1, MSG_NOSIGNAL));
  must("send", send(pair[1], "the other way", 13, 0));
  receive("works", pair[0], 64, 0);
  return 0;
}
