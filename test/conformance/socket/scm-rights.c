/* socket: SCM_RIGHTS passes descriptors, also many, close-on-exec, cut off, and unread.
 *
 * unix(7), SCM_RIGHTS; cmsg(3).
 */
#include "case.h"
#include <sys/socket.h>

static long send_fds(int socket, const int *fds, int count) {
  union { struct cmsghdr header; char space[CMSG_SPACE(300 * sizeof(int))]; } control;
  struct iovec vector = { "x", 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
      .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
  control.header = (struct cmsghdr){ CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
  memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
  return sendmsg(socket, &message, 0);
}

static int receive_fds(const char *name, int socket, int *fds, int room, int flags) {
  union { struct cmsghdr header; char space[CMSG_SPACE(300 * sizeof(int))]; } control;
  char byte;
  struct iovec vector = { &byte, 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
      .msg_controllen = room ? CMSG_LEN(room * sizeof(int)) : 0 };
  ssize_t got = recvmsg(socket, &message, flags);
  int count = 0;
  if (message.msg_controllen >= CMSG_LEN(0)) count = (control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
  memcpy(fds, CMSG_DATA(&control.header), count * sizeof(int));
  say("%s: %zd byte, %d descriptors, CTRUNC %d", name, got, count, !!(message.msg_flags & MSG_CTRUNC));
  return count;
}

int main(void) {
  int pair[2], fds[300], got[300];
  char bytes[16];
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  make_file("f", "0123456789");
  int fd = must("open", open("f", O_RDONLY));
  for (int i = 0; i < 300; i++) fds[i] = fd;
  show("send one", send_fds(pair[0], fds, 1));
  lseek(fd, 3, SEEK_SET);
  receive_fds("receive", pair[1], got, 1, 0);
  check("a new number", got[0] != fd);
  text("shares the offset", bytes, read(got[0], bytes, 3));
  show("no close-on-exec", fcntl(got[0], F_GETFD));
  must("send", send_fds(pair[0], fds, 2));
  receive_fds("MSG_CMSG_CLOEXEC", pair[1], got, 2, MSG_CMSG_CLOEXEC);
  show("close-on-exec", fcntl(got[1], F_GETFD));
  show("send 253", send_fds(pair[0], fds, 253));
  show("send 254", send_fds(pair[0], fds, 254));
  int count = receive_fds("receive 253", pair[1], got, 253, 0);
  for (int i = 0; i < count; i++) close(got[i]);
  must("send", send_fds(pair[0], fds, 3));
  receive_fds("room for two of three", pair[1], got, 2, 0);
  must("send", send_fds(pair[0], fds, 1));
  receive_fds("no room", pair[1], got, 0, 0);
  show("a closed descriptor", send_fds(pair[0], (int[]){ 99 }, 1));
  int ends[2];
  must("pipe", pipe(ends));
  must("send", send_fds(pair[0], &ends[1], 1));
  close(ends[1]);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  show("a descriptor in flight keeps the pipe open", read(ends[0], bytes, 1));
  close(pair[1]);
  show("until its socket is gone", read(ends[0], bytes, 1));
  close(pair[0]);
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  must("send", send_fds(pair[0], &pair[1], 1));
  close(pair[1]);
  show("a socket sent over itself is collected", send(pair[0], "x", 1, MSG_NOSIGNAL) == 1 || errno == EPIPE);
  return 0;
}
