/* socket: SO_REUSEADDR lets a server rebind; two listeners need SO_REUSEPORT; v6 sockets may take v4 too.
 *
 * socket(7), ipv6(7) IPV6_V6ONLY.
 */
#include "case.h"
#include <netinet/in.h>
#include <sys/socket.h>

static int made(int family, int level, int option) {
  int on = 1, fd = must("socket", socket(family, SOCK_STREAM, 0));
  if (option) must("setsockopt", setsockopt(fd, level, option, &on, sizeof on));
  return fd;
}

int main(void) {
  struct sockaddr_in any = { AF_INET, 0, { htonl(INADDR_ANY) }, { 0 } };
  socklen_t size = sizeof any;
  int first = made(AF_INET, SOL_SOCKET, SO_REUSEADDR);
  must("bind", bind(first, (struct sockaddr *)&any, size));
  must("getsockname", getsockname(first, (struct sockaddr *)&any, &size));
  show("second with REUSEADDR before listen", bind(made(AF_INET, SOL_SOCKET, SO_REUSEADDR), (struct sockaddr *)&any,
      size));
  show("second without", bind(made(AF_INET, 0, 0), (struct sockaddr *)&any, size));
  show("listen", listen(first, 5));
  show("with REUSEADDR while it listens", bind(made(AF_INET, SOL_SOCKET, SO_REUSEADDR), (struct sockaddr *)&any, size));
  struct sockaddr_in loopback = any;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  show("a special address on the same port", bind(made(AF_INET, 0, 0), (struct sockaddr *)&loopback, size));
  int client = made(AF_INET, 0, 0);
  must("connect", connect(client, (struct sockaddr *)&loopback, size));
  int server = must("accept", accept(first, NULL, NULL));
  close(server), close(client), close(first); /* leaves TIME_WAIT behind */
  show("rebind with REUSEADDR", bind(made(AF_INET, SOL_SOCKET, SO_REUSEADDR), (struct sockaddr *)&any, size));

  int port_a = made(AF_INET, SOL_SOCKET, SO_REUSEPORT), port_b = made(AF_INET, SOL_SOCKET, SO_REUSEPORT);
  any.sin_port = 0;
  must("bind", bind(port_a, (struct sockaddr *)&any, size)), must("listen", listen(port_a, 1));
  must("getsockname", getsockname(port_a, (struct sockaddr *)&any, &size));
  show("REUSEPORT", bind(port_b, (struct sockaddr *)&any, size));
  show("both listen", listen(port_b, 1));

  struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT }, peer;
  socklen_t six_size = sizeof six;
  int dual = made(AF_INET6, 0, 0), only = made(AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY);
  must("bind", bind(dual, (struct sockaddr *)&six, six_size)), must("listen", listen(dual, 1));
  must("getsockname", getsockname(dual, (struct sockaddr *)&six, &six_size));
  loopback.sin_port = six.sin6_port;
  show("IPv4 connects to a dual socket", connect(made(AF_INET, 0, 0), (struct sockaddr *)&loopback, size));
  must("accept", accept(dual, (struct sockaddr *)&peer, &six_size));
  check("its peer is a mapped address", IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr));
  six.sin6_port = 0;
  must("bind", bind(only, (struct sockaddr *)&six, six_size)), must("listen", listen(only, 1));
  must("getsockname", getsockname(only, (struct sockaddr *)&six, &six_size));
  loopback.sin_port = six.sin6_port;
  show("IPv4 to a V6ONLY socket", connect(made(AF_INET, 0, 0), (struct sockaddr *)&loopback, size));
  return 0;
}
