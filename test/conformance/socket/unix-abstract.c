/* socket: abstract names and autobind live in no directory and end with their socket.
 *
 * unix(7), "abstract", "Autobind feature".
 */
#include "case.h"
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static socklen_t size;

int main(void) {
  struct sockaddr_un name;
  socklen_t length = sizeof name;
  char own[64];
  snprintf(own, sizeof own, "conformance-%d", getpid());
  memcpy(address.sun_path + 1, own, strlen(own));
  memcpy(address.sun_path + 1 + strlen(own), "\0end", 4); /* a NUL inside is part of the name */
  size = sizeof(sa_family_t) + 1 + strlen(own) + 4;
  int first = socket(AF_UNIX, SOCK_STREAM, 0), second = socket(AF_UNIX, SOCK_STREAM, 0),
      client = socket(AF_UNIX, SOCK_STREAM, 0);
  show("bind", bind(first, (struct sockaddr *)&address, size));
  show("the same name", bind(second, (struct sockaddr *)&address, size));
  show("a shorter name is another", bind(second, (struct sockaddr *)&address, size - 1));
  show("listen", listen(first, 1));
  show("connect", connect(client, (struct sockaddr *)&address, size));
  show("getpeername", getpeername(client, (struct sockaddr *)&name, &length));
  check("the whole name comes back", length == size && memcmp(&name, &address, size) == 0);
  close(first);
  show("after close: connect", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, size));
  show("the name is free", bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&address, size));
  int automatic = socket(AF_UNIX, SOCK_DGRAM, 0);
  show("autobind", bind(automatic, (struct sockaddr *)&address, sizeof(sa_family_t)));
  length = sizeof name;
  show("getsockname", getsockname(automatic, (struct sockaddr *)&name, &length));
  say("length %d, starts with NUL %d, five hex digits %d", length, name.sun_path[0] == 0,
      strspn(name.sun_path + 1, "0123456789abcdef") >= 5);
  length = sizeof name;
  int unbound = socket(AF_UNIX, SOCK_DGRAM, 0);
  must("getsockname", getsockname(unbound, (struct sockaddr *)&name, &length));
  show("an unbound socket's name length", length);
  length = 3;
  must("getsockname", getsockname(automatic, (struct sockaddr *)&name, &length));
  show("the true length is told when cut", length);
  length = -1;
  show("negative length", getsockname(automatic, (struct sockaddr *)&name, &length));
  address.sun_family = AF_INET;
  show("wrong family", bind(unbound, (struct sockaddr *)&address, size));
  return 0;
}
