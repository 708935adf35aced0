/* socket: a nonblocking connect() to a full unix listener fails with EAGAIN, and accept order is connect order.
 *
 * listen(2), connect(2), accept(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address = { AF_UNIX, "sock" };
static int client(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

int main(void) {
  char byte;
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  must("bind", bind(listener, (struct sockaddr *)&address, sizeof address));
  must("listen", listen(listener, 3));
  show("accept when nobody is there", accept(listener, NULL, NULL));
  int clients[8], count = 0;
  while (count < 8 && (clients[count] = client()) >= 0) count++;
  show("connected with a backlog of 3", count);
  show("one more", client());
  show("poll of the listener", poll(&(struct pollfd){ listener, POLLIN, 0 }, 1, 0));
  for (int i = 0; i < count; i++) must("write", write(clients[i], &(char){ 'a' + i }, 1));
  for (int i = 0; i < count; i++) {
    int server = must("accept", accept4(listener, NULL, NULL, SOCK_CLOEXEC));
    must("read", read(server, &byte, 1));
    say("accepted %c, close-on-exec %d, nonblock %d", byte, fcntl(server, F_GETFD),
        !!(fcntl(server, F_GETFL) & O_NONBLOCK));
  }
  int last = client();
  close(listener);
  show("a connection nobody accepted", read(last, &byte, 1));
  show("connect after the listener closed", client());
  show("accept4 unknown flag", accept4(listener, NULL, NULL, 1));
  show("accept of a datagram socket", accept(socket(AF_UNIX, SOCK_DGRAM, 0), NULL, NULL));
  show("listen of a datagram socket", listen(socket(AF_UNIX, SOCK_DGRAM, 0), 1));
  return 0;
}
