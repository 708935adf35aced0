/* socket: a listening unix stream socket accepts, names its peers, and leaves its path behind.
 *
 * unix(7), accept(2), bind(2).
 */
#include "case.h"
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un path_of(const char *path) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  strcpy(address.sun_path, path);
  return address;
}

static long connect_(int fd, const char *path) {
  struct sockaddr_un address = path_of(path);
  return connect(fd, (struct sockaddr *)&address, sizeof address);
}

int main(void) {
  struct sockaddr_un address = path_of("sock"), name;
  struct stat info;
  socklen_t length = sizeof name;
  char bytes[16];
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
  show("connect to nothing", connect_(client, "sock"));
  show("bind", bind(listener, (struct sockaddr *)&address, sizeof address));
  must("stat", stat("sock", &info));
  check("a socket file appears", S_ISSOCK(info.st_mode));
  show("bind again", bind(listener, (struct sockaddr *)&address, sizeof address));
  show("bind another to the same path", bind(client, (struct sockaddr *)&address, sizeof address));
  show("connect before listen", connect_(client, "sock"));
  show("accept before listen", accept(listener, NULL, NULL));
  show("listen", listen(listener, 5));
  show("connect", connect_(client, "sock"));
  show("connect again", connect_(client, "sock"));
  int server = accept(listener, (struct sockaddr *)&name, &length);
  show_ok("accept", server);
  show("peer has no name, length", length);
  length = sizeof name;
  show("getpeername", getpeername(client, (struct sockaddr *)&name, &length));
  say("it is %s, length %d", name.sun_path, length);
  length = sizeof name;
  show("getsockname of the accepted", getsockname(server, (struct sockaddr *)&name, &length));
  say("it is %s", name.sun_path);
  must("write", write(client, "hello", 5));
  text("read", bytes, read(server, bytes, 16));
  must("unlink", unlink("sock"));
  show("unlinked: new connects", connect_(socket(AF_UNIX, SOCK_STREAM, 0), "sock"));
  must("write", write(server, "still", 5));
  text("old connection works", bytes, read(client, bytes, 16));
  show("path of 108 bytes is too long by one", bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, 111));
  make_file("plain", "");
  show("connect to a plain file", connect_(socket(AF_UNIX, SOCK_STREAM, 0), "plain"));
  address = path_of("no/dir/sock");
  show("bind in a missing directory", bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address,
      sizeof address));
  return 0;
}
