/* socket: UDP datagrams keep borders, report a refusal on connected sockets, and can be filtered.
 *
 * udp(7), ip(7).
 */
#include "case.h"
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

static int bound(struct sockaddr_in *name) {
  socklen_t size = sizeof *name;
  int fd = must("socket", socket(AF_INET, SOCK_DGRAM, 0));
  *name = (struct sockaddr_in){ AF_INET, 0, { htonl(INADDR_LOOPBACK) }, { 0 } };
  must("bind", bind(fd, (struct sockaddr *)name, size));
  must("getsockname", getsockname(fd, (struct sockaddr *)name, &size));
  return fd;
}

int main(void) {
  struct sockaddr_in a_name, b_name, from, dead;
  socklen_t size = sizeof from;
  static char big[70000];
  char bytes[16];
  int a = bound(&a_name), b = bound(&b_name);
  show("send", sendto(a, "hello", 5, 0, (struct sockaddr *)&b_name, sizeof b_name));
  show("empty", sendto(a, "", 0, 0, (struct sockaddr *)&b_name, sizeof b_name));
  show("sixteen", sendto(a, "0123456789abcdef", 16, 0, (struct sockaddr *)&b_name, sizeof b_name));
  text("received", bytes, recvfrom(b, bytes, 16, 0, (struct sockaddr *)&from, &size));
  check("from a", size == sizeof from && memcmp(&from, &a_name, sizeof from) == 0);
  show("empty datagram", recv(b, bytes, 16, 0));
  show("cut, with MSG_TRUNC", recv(b, bytes, 4, MSG_TRUNC));
  show("nothing left", recv(b, bytes, 4, MSG_DONTWAIT));
  show("send without an address", send(a, "x", 1, 0));
  show("65507 bytes", sendto(a, big, 65507, 0, (struct sockaddr *)&b_name, sizeof b_name));
  show("arrive whole", recv(b, big, sizeof big, 0));
  show("65508 bytes", sendto(a, big, 65508, 0, (struct sockaddr *)&b_name, sizeof b_name));
  show("to port 0", sendto(a, "x", 1, 0, (struct sockaddr *)&(struct sockaddr_in){ AF_INET, 0,
      { htonl(INADDR_LOOPBACK) }, { 0 } }, sizeof from));
  show("broadcast without permission", sendto(a, "x", 1, 0, (struct sockaddr *)&(struct sockaddr_in){ AF_INET, 9,
      { 0xffffffff }, { 0 } }, sizeof from));
  show("connect b to a", connect(b, (struct sockaddr *)&a_name, sizeof a_name));
  int c = bound(&dead);
  must("sendto", sendto(c, "stranger", 8, 0, (struct sockaddr *)&b_name, sizeof b_name));
  must("sendto", sendto(a, "friend", 6, 0, (struct sockaddr *)&b_name, sizeof b_name));
  text("a connected socket hears only its peer", bytes, recv(b, bytes, 16, 0));
  close(c);
  show("connect a to a dead port", connect(a, (struct sockaddr *)&dead, sizeof dead));
  show("send", send(a, "x", 1, 0));
  poll(&(struct pollfd){ a, POLLIN, 0 }, 1, -1);
  show("the refusal comes back", recv(a, bytes, 16, 0));
  show("once", recv(a, bytes, 16, MSG_DONTWAIT));
  show("disconnect", connect(a, &(struct sockaddr){ AF_UNSPEC }, sizeof(struct sockaddr_in)));
  show("getpeername", getpeername(a, (struct sockaddr *)&from, &size));
  show("listen", listen(a, 1));
  return 0;
}
