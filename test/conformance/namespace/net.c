/* namespace: a network namespace has a loopback of its own, which is down, and its own names and ports.
 *
 * network_namespaces(7), netdevice(7), unix(7), rtnetlink(7).
 */
#include "case.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static int inet_socket(int type) { return must("socket", socket(AF_INET, type, 0)); }

static int bind_to(int fd, const char *address, int port) {
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
  inet_pton(AF_INET, address, &name.sin_addr);
  return bind(fd, (struct sockaddr *)&name, sizeof name);
}

static int connect_to(int fd, const char *address, int port) {
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
  inet_pton(AF_INET, address, &name.sin_addr);
  return connect(fd, (struct sockaddr *)&name, sizeof name);
}

static int abstract(int fd, const char *text, int (*call)(int, const struct sockaddr *, socklen_t)) {
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  strcpy(name.sun_path + 1, text);
  return call(fd, (struct sockaddr *)&name, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(text));
}

static void show_lo(const char *name, int fd) {
  struct ifreq request = { .ifr_name = "lo" };
  must("SIOCGIFFLAGS", ioctl(fd, SIOCGIFFLAGS, &request));
  say("%s: %s%s", name, request.ifr_flags & IFF_UP ? "up" : "down", request.ifr_flags & IFF_RUNNING ? " running" : "");
  show("its address", ioctl(fd, SIOCGIFADDR, &request));
}

static int set_lo(int fd, int up) {
  struct ifreq request = { .ifr_name = "lo" };
  must("SIOCGIFFLAGS", ioctl(fd, SIOCGIFFLAGS, &request));
  if (up) request.ifr_flags |= IFF_UP;
  else request.ifr_flags &= ~IFF_UP;
  return ioctl(fd, SIOCSIFFLAGS, &request);
}

/** Send one request that wants an acknowledgement: its error. */
static int request(void *message, int length) {
  static char answer[8192];
  int fd = must("netlink", socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  must("send", send(fd, message, length, 0));
  int got = must("recv", recv(fd, answer, sizeof answer, 0));
  close(fd);
  struct nlmsghdr *header = (struct nlmsghdr *)answer;
  if (got < (int)sizeof *header || header->nlmsg_type != NLMSG_ERROR) return 1;
  return -((struct nlmsgerr *)NLMSG_DATA(header))->error;
}

static int set_link(int index, unsigned flags) {
  struct { struct nlmsghdr header; struct ifinfomsg info; } message = {
    .header = { .nlmsg_len = sizeof message, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
    .info = { .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = flags, .ifi_change = IFF_UP },
  };
  return request(&message, sizeof message);
}

static int add_address(unsigned index, const char *text) {
  struct { struct nlmsghdr header; struct ifaddrmsg info; struct rtattr local; in_addr_t a; struct rtattr address; in_addr_t b; } message = {
    .header = { .nlmsg_len = sizeof message, .nlmsg_type = RTM_NEWADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
    .info = { .ifa_family = AF_INET, .ifa_prefixlen = 8, .ifa_scope = RT_SCOPE_HOST, .ifa_index = index },
    .local = { sizeof(struct rtattr) + 4, IFA_LOCAL }, .a = inet_addr(text),
    .address = { sizeof(struct rtattr) + 4, IFA_ADDRESS }, .b = inet_addr(text),
  };
  return request(&message, sizeof message);
}

static ino_t inode_of(const char *path) {
  struct stat status;
  return stat(path, &status) < 0 ? 0 : status.st_ino;
}

static void talk(void) {
  char byte;
  int listener = inet_socket(SOCK_STREAM), client = inet_socket(SOCK_STREAM);
  struct sockaddr_in name;
  socklen_t length = sizeof name;
  must("bind", bind_to(listener, "127.0.0.1", 0));
  must("listen", listen(listener, 1));
  must("getsockname", getsockname(listener, (struct sockaddr *)&name, &length));
  show("connect", connect_to(client, "127.0.0.1", ntohs(name.sin_port)));
  int served = show_ok("accept", accept(listener, NULL, NULL));
  must("write", write(client, "x", 1));
  show("read", read(served, &byte, 1));
  close(served);
  close(client);
  close(listener);
}

int main(void) {
  int old_ns = must("open", open("/proc/self/ns/net", O_RDONLY));
  ino_t old = inode_of("/proc/self/ns/net");
  int before = inet_socket(SOCK_DGRAM), old_abstract = must("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  int port_holder = inet_socket(SOCK_STREAM);
  must("abstract bind", abstract(old_abstract, "namespace-case", bind));
  must("listen", listen(old_abstract, 1));
  must("bind", bind_to(port_holder, "127.0.0.1", 18999));
  show("unshare", unshare(CLONE_NEWNET));
  check("another namespace", inode_of("/proc/self/ns/net") != old);

  int fd = inet_socket(SOCK_DGRAM), tcp = inet_socket(SOCK_STREAM), six = must("socket", socket(AF_INET6, SOCK_STREAM, 0));
  show_lo("lo", fd);
  show_lo("lo of an older socket", before);
  show("if_nametoindex", if_nametoindex("lo"));
  show("bind 127.0.0.1", bind_to(fd, "127.0.0.1", 0));
  show("connect 127.0.0.1", connect_to(tcp, "127.0.0.1", 80));
  show("connect elsewhere", connect_to(tcp, "10.0.0.1", 80));
  show("datagram", connect_to(fd, "127.0.0.1", 53));
  show("bind 0.0.0.0", bind_to(tcp, "0.0.0.0", 18999));
  struct sockaddr_in6 one = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = htons(9) };
  show("bind ::1", bind(six, (struct sockaddr *)&one, sizeof one));

  show("set up", set_lo(fd, 1));
  show_lo("lo", fd);
  talk();
  show("set down", set_lo(fd, 0));
  show_lo("lo", fd);
  show("down by netlink", set_link(1, 0));
  show("no such link", set_link(77, IFF_UP));
  show("up by netlink", set_link(1, IFF_UP));
  show_lo("lo", fd);
  show("address again", add_address(1, "127.0.0.1"));
  show("another address", add_address(1, "127.0.0.2"));
  show("address of no link", add_address(77, "127.0.0.1"));
  talk();

  int unix_fd = must("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  show("abstract name of the old namespace", abstract(unix_fd, "namespace-case", connect));
  show("the same name again", abstract(unix_fd, "namespace-case", bind));
  struct sockaddr_un path = { .sun_family = AF_UNIX, .sun_path = "sock" };
  int named = must("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  must("bind", bind(named, (struct sockaddr *)&path, sizeof path));
  must("listen", listen(named, 1));
  char text[4096];
  slurp("/proc/net/dev", text, sizeof text);
  int lines = 0;
  for (char *at = text; (at = strchr(at, '\n')); at++) lines++;
  show("interfaces in /proc/net/dev", lines - 2);

  show("setns back", setns(old_ns, CLONE_NEWNET));
  check("the old namespace", inode_of("/proc/self/ns/net") == old);
  int client = must("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  show("the old abstract name", abstract(client, "namespace-case", connect));
  int other = must("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  show("a name in the file system", connect(other, (struct sockaddr *)&path, sizeof path));

  pid_t child = spawn();
  if (child == 0) {
    must("setgid", setgid(65534));
    must("setuid", setuid(65534));
    show("unshare as a user", unshare(CLONE_NEWNET));
    show("with a user namespace", unshare(CLONE_NEWUSER | CLONE_NEWNET));
    int own = inet_socket(SOCK_STREAM);
    show("set up", set_lo(own, 1));
    show("a low port", bind_to(own, "127.0.0.1", 80));
    _exit(0);
  }
  reap("user", child);
  return 0;
}
