/* socket: shutdown() ends one direction and wakes those who wait.
 *
 * shutdown(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/socket.h>

static void events(const char *name, int fd) {
  struct pollfd poller = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };
  poll(&poller, 1, 0);
  say("%s:%s%s%s%s", name, poller.revents & POLLIN ? " IN" : "", poller.revents & POLLOUT ? " OUT" : "",
      poller.revents & POLLRDHUP ? " RDHUP" : "", poller.revents & POLLHUP ? " HUP" : "");
}

int main(void) {
  int pair[2];
  char bytes[16];
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  signal(SIGPIPE, SIG_IGN);
  events("open", pair[0]);
  must("send", send(pair[0], "abc", 3, 0));
  show("SHUT_WR", shutdown(pair[0], SHUT_WR));
  events("who shut", pair[0]), events("the peer", pair[1]);
  text("the peer reads what was sent", bytes, recv(pair[1], bytes, 16, 0));
  show("then the end", recv(pair[1], bytes, 16, 0));
  show("write after SHUT_WR", write(pair[0], "x", 1));
  show("the other direction lives", send(pair[1], "y", 1, 0));
  show("SHUT_RD", shutdown(pair[0], SHUT_RD));
  text("data that had arrived", bytes, recv(pair[0], bytes, 16, 0));
  show("then the end", recv(pair[0], bytes, 16, 0));
  show("the peer writes", write(pair[1], "z", 1));
  events("both shut", pair[0]), events("the peer", pair[1]);
  show("again", shutdown(pair[0], SHUT_RDWR));
  show("unknown how", shutdown(pair[0], 5));
  show("not connected", shutdown(socket(AF_UNIX, SOCK_STREAM, 0), SHUT_RDWR));
  show("not a socket", shutdown(0, SHUT_RD));
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  pid_t child = spawn();
  if (child == 0) {
    show("a blocked reader", recv(pair[0], bytes, 16, 0));
    _exit(0);
  }
  until_asleep(child);
  shutdown(pair[0], SHUT_RD);
  reap("is woken", child);
  return 0;
}
