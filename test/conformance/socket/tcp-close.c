/* socket: closing with unread data resets; an orderly close is an end of file, then EPIPE.
 *
 * tcp(7); RFC 1122 4.2.2.13.
 */
#include "case.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

static int pair[2];
static void connect_pair(void) {
  struct sockaddr_in address = { AF_INET, 0, { htonl(INADDR_LOOPBACK) }, { 0 } };
  socklen_t size = sizeof address;
  int listener = must("socket", socket(AF_INET, SOCK_STREAM, 0));
  must("bind", bind(listener, (struct sockaddr *)&address, size)), must("listen", listen(listener, 1));
  must("getsockname", getsockname(listener, (struct sockaddr *)&address, &size));
  pair[0] = must("socket", socket(AF_INET, SOCK_STREAM, 0));
  must("connect", connect(pair[0], (struct sockaddr *)&address, size));
  pair[1] = must("accept", accept(listener, NULL, NULL));
  close(listener);
}
static void wait_for(int fd, int events) { must("poll", poll(&(struct pollfd){ fd, events, 0 }, 1, -1)); }

int main(void) {
  char bytes[16];
  int on = 1;
  signal(SIGPIPE, SIG_IGN);
  connect_pair();
  must("TCP_NODELAY", setsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  must("send", send(pair[0], "unread", 6, 0));
  wait_for(pair[1], POLLIN);
  close(pair[1]); /* with data unread */
  wait_for(pair[0], POLLIN);
  show("reader after a close with unread data", recv(pair[0], bytes, 16, 0));
  close(pair[0]);

  connect_pair();
  must("send", send(pair[1], "bye", 3, 0));
  close(pair[1]);
  wait_for(pair[0], POLLRDHUP);
  text("data before an orderly close", bytes, recv(pair[0], bytes, 16, 0));
  show("end of file", recv(pair[0], bytes, 16, 0));
  show("the first write is taken", send(pair[0], "x", 1, 0));
  wait_for(pair[0], POLLERR);
  show("the second finds the reset", send(pair[0], "x", 1, 0));
  close(pair[0]);

  connect_pair();
  show("half close", shutdown(pair[0], SHUT_WR));
  wait_for(pair[1], POLLRDHUP);
  show("the other side sees the end", recv(pair[1], bytes, 16, 0));
  show("and may still send", send(pair[1], "answer", 6, 0));
  text("which arrives", bytes, recv(pair[0], bytes, 16, 0));
  show("write after shutdown", send(pair[0], "x", 1, 0));
  must("send", send(pair[1], "oob!", 4, 0)), must("MSG_OOB", send(pair[1], "!", 1, MSG_OOB));
  struct pollfd poller = { pair[0], POLLPRI, 0 };
  show("urgent data polls as", poll(&poller, 1, -1) == 1 ? poller.revents : -1);
  text("urgent byte", bytes, recv(pair[0], bytes, 1, MSG_OOB));
  text("normal bytes", bytes, recv(pair[0], bytes, 16, 0));
  return 0;
}
