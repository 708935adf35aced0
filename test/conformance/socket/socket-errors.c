/* socket: creation and options refuse unknown families, types, levels and lengths.
 *
 * socket(2), getsockopt(2).
 */
#include "case.h"
#include <sys/socket.h>

int main(void) {
  int value = 1, small = 0;
  socklen_t length = sizeof value;
  show("unknown family", socket(200, SOCK_STREAM, 0));
  show("negative family", socket(-1, SOCK_STREAM, 0));
  show("unknown type", socket(AF_UNIX, 11, 0));
  show("unknown flag", socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
  show("wrong protocol", socket(AF_INET, SOCK_STREAM, 17));
  show("inet seqpacket", socket(AF_INET, SOCK_SEQPACKET, 0));
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  show("send unconnected", send(fd, "x", 1, MSG_NOSIGNAL));
  show("recv unconnected", recv(fd, &value, 1, MSG_DONTWAIT));
  show("getpeername unconnected", getpeername(fd, &(struct sockaddr){ 0 }, &length));
  static const struct { const char *name; int option; } options[] = {
    { "SO_TYPE", SO_TYPE }, { "SO_DOMAIN", SO_DOMAIN }, { "SO_PROTOCOL", SO_PROTOCOL }, { "SO_ERROR", SO_ERROR },
    { "SO_ACCEPTCONN", SO_ACCEPTCONN }, { "SO_REUSEADDR", SO_REUSEADDR }, { "SO_KEEPALIVE", SO_KEEPALIVE },
    { "SO_PASSCRED", SO_PASSCRED }, { "SO_BROADCAST", SO_BROADCAST },
  };
  for (size_t i = 0; i < COUNT(options); i++) {
    length = sizeof value, value = -7;
    long rc = getsockopt(fd, SOL_SOCKET, options[i].option, &value, &length);
    say("%s: %ld, value %d, length %d", options[i].name, rc, value, length);
  }
  value = 1;
  show("set SO_REUSEADDR", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value));
  show("set SO_TYPE", setsockopt(fd, SOL_SOCKET, SO_TYPE, &value, sizeof value));
  show("length too small", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, 1));
  length = 2;
  show("get into 2 bytes", getsockopt(fd, SOL_SOCKET, SO_TYPE, &small, &length));
  say("value %d, length %d", small, length);
  length = -1;
  show("negative length", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length));
  show("unknown option", getsockopt(fd, SOL_SOCKET, 9999, &value, (length = 4, &length)));
  show("unknown level", getsockopt(fd, 9999, 1, &value, (length = 4, &length)));
  show("bad pointer", getsockopt(fd, SOL_SOCKET, SO_TYPE, bad_pointer(), (length = 4, &length)));
  show("bad length pointer", syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &value, bad_pointer()));
  show("of a file", getsockopt(0, SOL_SOCKET, SO_TYPE, &value, &length));
  value = 4096;
  must("SO_SNDBUF", setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, sizeof value));
  getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, (length = 4, &length));
  check("SO_SNDBUF is doubled", value == 8192);
  show("lseek", lseek(fd, 0, SEEK_SET));
  show("bind with a short address", bind(fd, &(struct sockaddr){ AF_UNIX }, 1));
  return 0;
}
