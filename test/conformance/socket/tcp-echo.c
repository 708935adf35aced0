/* socket: TCP over 127.0.0.1 and ::1: connect, accept, names, half close and a large transfer.
 *
 * tcp(7), ip(7), ipv6(7).
 */
#include "case.h"
#include <netinet/in.h>
#include <sys/socket.h>

static void run(const char *name, int family) {
  struct sockaddr_storage address = { .ss_family = family }, server_name, client_name, peer;
  socklen_t size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6), length;
  if (family == AF_INET) ((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  else ((struct sockaddr_in6 *)&address)->sin6_addr = in6addr_loopback;
  say("-- %s", name);
  int listener = must("socket", socket(family, SOCK_STREAM, 0)), client = must("socket", socket(family, SOCK_STREAM,
      0));
  show("bind to port 0", bind(listener, (struct sockaddr *)&address, size));
  show("listen", listen(listener, 5));
  length = sizeof server_name;
  must("getsockname", getsockname(listener, (struct sockaddr *)&server_name, &length));
  check("a port was chosen", ((struct sockaddr_in *)&server_name)->sin_port != 0 && length == size);
  show("connect", connect(client, (struct sockaddr *)&server_name, size));
  length = sizeof peer;
  int server = accept(listener, (struct sockaddr *)&peer, &length);
  show_ok("accept", server);
  length = sizeof client_name;
  must("getsockname", getsockname(client, (struct sockaddr *)&client_name, &length));
  check("accept told the client's name", memcmp(&peer, &client_name, size) == 0);
  length = sizeof peer;
  must("getpeername", getpeername(client, (struct sockaddr *)&peer, &length));
  check("the client's peer is the listener's name", memcmp(&peer, &server_name, size) == 0);
  show("connect again", connect(client, (struct sockaddr *)&server_name, size));
  pid_t child = spawn();
  static char block[50000];
  if (child == 0) {
    close(client), close(listener);
    for (ssize_t got; (got = read(server, block, sizeof block)) > 0;)
      for (ssize_t done = 0; done < got;) done += must("write", write(server, block + done, got - done));
    _exit(0); /* echo until the client's half close */
  }
  close(server);
  pid_t writer = spawn();
  if (writer == 0) {
    for (int i = 0; i < 40; i++) {
      memset(block, i, sizeof block);
      for (size_t done = 0; done < sizeof block;) done += must("write",
          write(client, block + done, sizeof block - done));
    }
    must("shutdown", shutdown(client, SHUT_WR));
    _exit(0);
  }
  long total = 0, wrong = 0;
  for (ssize_t got; (got = read(client, block, sizeof block)) > 0; total += got)
    for (ssize_t i = 0; i < got; i++) wrong += block[i] != (char)((total + i) / 50000);
  say("echoed %ld bytes, wrong %ld", total, wrong);
  reap("writer", writer), reap("server", child);
  close(client), close(listener);
}

int main(void) {
  run("IPv4", AF_INET);
  run("IPv6", AF_INET6);
  return 0;
}
