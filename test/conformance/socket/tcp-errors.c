/* socket: TCP errors: refused, in use, not connected, reset, broken pipe, nonblocking connect.
 *
 * connect(2), bind(2), tcp(7).
 */
#include "case.h"
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){ AF_INET, port, { htonl(INADDR_LOOPBACK) }, { 0 } };
}
static int tcp(void) { return must("socket", socket(AF_INET, SOCK_STREAM, 0)); }
static int error_of(int fd) {
  int value = -1;
  socklen_t length = sizeof value;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length);
  return value;
}

int main(void) {
  struct sockaddr_in address = loopback(0), taken;
  socklen_t size = sizeof address;
  char byte;
  int listener = tcp(), fd = tcp();
  must("bind", bind(listener, (struct sockaddr *)&address, size));
  must("getsockname", getsockname(listener, (struct sockaddr *)&taken, &size));
  show("connect to a port nobody listens on", connect(fd, (struct sockaddr *)&taken, size));
  show("bind to a taken port", bind(tcp(), (struct sockaddr *)&taken, size));
  show("send unconnected", send(fd, "x", 1, MSG_NOSIGNAL));
  show("recv unconnected", recv(fd, &byte, 1, 0));
  show("getpeername unconnected", getpeername(fd, (struct sockaddr *)&address, &size));
  show("shutdown unconnected", shutdown(fd, SHUT_RDWR));
  show("accept of a socket that does not listen", accept(fd, NULL, NULL));
  struct sockaddr_in foreign = { AF_INET, 0, { htonl(0xc0000201) }, { 0 } };
  show("bind to a foreign address", bind(tcp(), (struct sockaddr *)&foreign, sizeof foreign));
  show("short address", connect(fd, (struct sockaddr *)&taken, 4));
  show("wrong family", connect(fd, &(struct sockaddr){ AF_UNIX }, sizeof(struct sockaddr_in)));
  must("listen", listen(listener, 5));
  int quick = must("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  long rc = connect(quick, (struct sockaddr *)&taken, sizeof taken);
  check("nonblocking connect: at once or EINPROGRESS", rc == 0 || errno == EINPROGRESS);
  show("poll for writing", poll(&(struct pollfd){ quick, POLLOUT, 0 }, 1, -1));
  show("SO_ERROR", error_of(quick));
  show("nonblocking recv", recv(quick, &byte, 1, 0));
  int server = must("accept", accept(listener, NULL, NULL));
  must("SO_LINGER", setsockopt(server, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger)));
  close(server); /* linger 0: reset */
  struct pollfd poller = { quick, POLLIN, 0 };
  show("poll after the reset", poll(&poller, 1, -1));
  check("POLLERR and POLLHUP", (poller.revents & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP));
  show("recv after the reset", recv(quick, &byte, 1, 0));
  show("recv again", recv(quick, &byte, 1, 0));
  show("send after the reset", send(quick, "x", 1, MSG_NOSIGNAL));
  close(listener);
  quick = must("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  int error = connect(quick, (struct sockaddr *)&taken, sizeof taken) == -1 ? errno : 0;
  if (error == EINPROGRESS) {
    must("poll", poll(&(struct pollfd){ quick, POLLOUT, 0 }, 1, -1));
    error = error_of(quick);
  }
  show_error("nonblocking connect, refused at once or by SO_ERROR", error);
  show("SO_ERROR is cleared by reading", error_of(quick));
  return 0;
}
