/* socket: unix datagrams keep their borders, carry the sender's name, and can be filtered by connect().
 *
 * unix(7), SOCK_DGRAM.
 */
#include "case.h"
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un path_of(const char *path) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  strcpy(address.sun_path, path);
  return address;
}
static int bound(const char *path) {
  struct sockaddr_un address = path_of(path);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  must("bind", bind(fd, (struct sockaddr *)&address, sizeof address));
  return fd;
}
static long send_to(int fd, const char *path, const char *message) {
  struct sockaddr_un address = path_of(path);
  return sendto(fd, message, strlen(message), 0, (struct sockaddr *)&address, sizeof address);
}
static void receive(const char *name, int fd, size_t size, int flags) {
  struct sockaddr_un from = { 0 };
  socklen_t length = sizeof from;
  char bytes[64];
  ssize_t got = recvfrom(fd, bytes, size, flags, (struct sockaddr *)&from, &length);
  if (got < 0) { show(name, -1); return; }
  say("%s: %zd \"%.*s\" from %s", name, got, (int)(got < size ? got : size), bytes,
      length > 2 ? from.sun_path : "nobody");
}

int main(void) {
  int a = bound("a"), b = bound("b"), nameless = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  show("to b", send_to(a, "b", "from a"));
  show("to b, nameless", send_to(nameless, "b", "who?"));
  show("an empty one", send_to(a, "b", ""));
  receive("peek", b, 64, MSG_PEEK), receive("first", b, 64, 0), receive("second", b, 64, 0), receive("third", b, 64, 0);
  receive("nothing left", b, 64, 0);
  send_to(a, "b", "0123456789"), receive("cut", b, 4, 0), receive("the rest is gone", b, 64, 0);
  send_to(a, "b", "0123456789"), receive("MSG_TRUNC tells the length", b, 4, MSG_TRUNC);
  show("to nobody", send_to(a, "c", "x"));
  show("send without an address", send(a, "x", 1, 0));
  struct sockaddr_un address = path_of("b");
  show("connect", connect(a, (struct sockaddr *)&address, sizeof address));
  show("send", send(a, "x", 1, 0));
  show("to another place while connected", send_to(a, "a", "self"));
  receive("b has it", b, 64, 0);
  address = path_of("a");
  must("connect", connect(b, (struct sockaddr *)&address, sizeof address));
  show("b is connected to a: nameless sends to b", send_to(nameless, "b", "x"));
  close(a);
  show("send to a closed peer", send(b, "x", 1, 0));
  show("disconnect", connect(b, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(sa_family_t)));
  show("send", send(b, "x", 1, 0));
  static char big[1 << 20];
  show("larger than the buffer", send_to(nameless, "b", "x") == 1 ? sendto(nameless, big, sizeof big, 0,
      (struct sockaddr *)&(struct sockaddr_un){ AF_UNIX, "b" }, sizeof(struct sockaddr_un)) : 0);
  return 0;
}
