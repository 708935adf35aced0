/* socket: SO_PEERCRED names the peer at connect; SO_PASSCRED attaches the sender's ids to messages.
 *
 * unix(7), SO_PEERCRED, SCM_CREDENTIALS.
 */
#include "case.h"
#include <sys/socket.h>

static struct ucred receive(const char *name, int socket) {
  union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(struct ucred))]; } control = { .space = "" };
  struct ucred seen = { 0 };
  char byte;
  struct iovec vector = { &byte, 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
      .msg_controllen = sizeof control };
  long got = recvmsg(socket, &message, 0);
  int has = message.msg_controllen >= CMSG_LEN(sizeof seen) && control.header.cmsg_type == SCM_CREDENTIALS;
  if (has) memcpy(&seen, CMSG_DATA(&control.header), sizeof seen);
  say("%s: %ld, has credentials %d, uid %d, gid %d", name, got, has, seen.uid, seen.gid);
  return seen;
}

static long send_as(int socket, pid_t pid, uid_t uid, gid_t gid) {
  union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(struct ucred))]; } control = { .space = "" };
  struct ucred claimed = { pid, uid, gid };
  struct iovec vector = { "x", 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
      .msg_controllen = sizeof control };
  control.header = (struct cmsghdr){ CMSG_LEN(sizeof claimed), SOL_SOCKET, SCM_CREDENTIALS };
  memcpy(CMSG_DATA(&control.header), &claimed, sizeof claimed);
  return sendmsg(socket, &message, 0);
}

int main(void) {
  int pair[2], on = 1;
  struct ucred peer;
  socklen_t length = sizeof peer;
  must("socketpair", socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
  show("SO_PEERCRED", getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length));
  check("is ourselves", peer.pid == getpid() && peer.uid == 0 && peer.gid == 0);
  must("send", send(pair[0], "x", 1, 0));
  receive("without SO_PASSCRED", pair[1]);
  show("SO_PASSCRED", setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  must("send", send(pair[0], "x", 1, 0));
  check("automatic pid", receive("automatic", pair[1]).pid == getpid());
  show("root claims another uid", send_as(pair[0], getpid(), 77, 88));
  receive("claimed", pair[1]);
  pid_t child = spawn();
  if (child == 0) {
    must("setresgid", setresgid(1000, 1000, 1000)), must("setresuid", setresuid(1000, 1000, 1000));
    show("a user claims root", send_as(pair[0], getpid(), 0, 1000));
    show("a user claims another pid", send_as(pair[0], getppid(), 1000, 1000));
    show("a user tells the truth", send_as(pair[0], getpid(), 1000, 1000));
    must("send", send(pair[0], "x", 1, 0));
    getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length);
    check("SO_PEERCRED stays that of the creator", peer.pid == getppid() && peer.uid == 0);
    _exit(0);
  }
  reap("child", child);
  check("the child's pid", receive("explicit", pair[1]).pid == child);
  receive("automatic", pair[1]);
  return 0;
}
