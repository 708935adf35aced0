/* socket: /proc/net lists the sockets of the network namespace.
 *
 * proc_pid_net(5); the inode number is that of the descriptor.
 */
#include "case.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static ino_t inode_of(int fd) {
  struct stat status;
  must("fstat", fstat(fd, &status));
  return status.st_ino;
}

/** The line of a table whose inode column is the socket's. */
static void show_inet(const char *name, const char *table, int fd, int width) {
  static char text[1 << 24]; /* a busy machine has thousands */
  char path[64], local[40], remote[40];
  snprintf(path, sizeof path, "/proc/net/%s", table);
  slurp(path, text, sizeof text);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    unsigned state, tx, rx, uid;
    unsigned long inode;
    if (sscanf(line, "%*d: %39s %39s %x %x:%x %*s %*s %u %*d %lu", local, remote, &state, &tx, &rx, &uid, &inode) != 7 || inode != inode_of(fd)) continue;
    char *local_port = strchr(local, ':'), *remote_port = strchr(remote, ':');
    *local_port = *remote_port = 0;
    say("%s: %s%s %s%s state %02X unread %u", name, local, strcmp(local_port + 1, "0000") ? ":port" : "", remote, strcmp(remote_port + 1, "0000") ? ":port" : "", state, rx);
    check("of us", uid == getuid());
    if (width) show("width", strlen(line));
    return;
  }
  say("%s: not listed", name);
}

static void show_unix(const char *name, int fd) {
  static char text[1 << 24]; /* a busy machine has thousands */
  slurp("/proc/net/unix", text, sizeof text);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    unsigned refs, flags, type, state;
    unsigned long inode;
    int used = 0;
    if (sscanf(line, "%*x: %x %*x %x %x %x %lu%n", &refs, &flags, &type, &state, &inode, &used) != 5 || inode != inode_of(fd)) continue;
    say("%s: flags %08X type %04X state %02X name \"%s\"", name, flags, type, state, line + used);
    return;
  }
  say("%s: not listed", name);
}

int main(void) {
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
  struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
  socklen_t length = sizeof name;
  int bound = must("socket", socket(AF_INET, SOCK_STREAM, 0));
  must("bind", bind(bound, (struct sockaddr *)&name, sizeof name));
  show_inet("a bound one", "tcp", bound, 1);
  must("listen", listen(bound, 3));
  show_inet("a listener", "tcp", bound, 1);
  must("getsockname", getsockname(bound, (struct sockaddr *)&name, &length));
  int client = must("socket", socket(AF_INET, SOCK_STREAM, 0));
  must("connect", connect(client, (struct sockaddr *)&name, sizeof name));
  show_inet("a listener with one waiting", "tcp", bound, 1);
  int served = must("accept", accept(bound, NULL, NULL));
  must("write", write(client, "hello", 5));
  show_inet("a client", "tcp", client, 0);
  show_inet("its server", "tcp", served, 0);
  int udp = must("socket", socket(AF_INET, SOCK_DGRAM, 0));
  show_inet("an unbound datagram socket", "udp", udp, 0);
  name.sin_port = 0;
  must("bind", bind(udp, (struct sockaddr *)&name, sizeof name));
  show_inet("a bound one", "udp", udp, 1);
  must("getsockname", getsockname(udp, (struct sockaddr *)&name, &length));
  int peer = must("socket", socket(AF_INET, SOCK_DGRAM, 0));
  must("connect", connect(peer, (struct sockaddr *)&name, sizeof name));
  show_inet("a connected one", "udp", peer, 1);
  int listener6 = must("socket", socket(AF_INET6, SOCK_STREAM, 0)), udp6 = must("socket", socket(AF_INET6, SOCK_DGRAM, 0));
  must("bind", bind(listener6, (struct sockaddr *)&six, sizeof six));
  must("listen", listen(listener6, 1));
  show_inet("IPv6", "tcp6", listener6, 0);
  six.sin6_addr = in6addr_loopback;
  must("bind", bind(udp6, (struct sockaddr *)&six, sizeof six));
  show_inet("IPv6 datagrams", "udp6", udp6, 0);
  int pair[2], unix_fd = must("socket", socket(AF_UNIX, SOCK_SEQPACKET, 0)), file = must("socket", socket(AF_UNIX, SOCK_DGRAM, 0));
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  show_unix("a pair", pair[0]);
  struct sockaddr_un path = { .sun_family = AF_UNIX };
  strcpy(path.sun_path + 1, "proc-net-case");
  must("bind", bind(unix_fd, (struct sockaddr *)&path, offsetof(struct sockaddr_un, sun_path) + 14));
  must("listen", listen(unix_fd, 1));
  show_unix("an abstract listener", unix_fd);
  strcpy(path.sun_path, "name");
  must("bind", bind(file, (struct sockaddr *)&path, sizeof path));
  show_unix("a name in the file system", file);
  return 0;
}
