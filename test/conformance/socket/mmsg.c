/* socket: sendmmsg() and recvmmsg() move several messages and count them.
 *
 * sendmmsg(2), recvmmsg(2).
 */
#include "case.h"
#include <sys/socket.h>

int main(void) {
  int pair[2];
  char bytes[4][8];
  must("socketpair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  struct iovec out[3] = { { "one", 3 }, { "second", 6 }, { "3", 1 } }, in[4];
  struct mmsghdr sent[3] = { 0 }, got[4] = { 0 };
  for (int i = 0; i < 3; i++) sent[i].msg_hdr.msg_iov = &out[i], sent[i].msg_hdr.msg_iovlen = 1;
  for (int i = 0; i < 4; i++) in[i] = (struct iovec){ bytes[i], 4 }, got[i].msg_hdr.msg_iov = &in[i],
      got[i].msg_hdr.msg_iovlen = 1;
  show("sendmmsg", sendmmsg(pair[0], sent, 3, 0));
  say("lengths %d %d %d", sent[0].msg_len, sent[1].msg_len, sent[2].msg_len);
  show("recvmmsg two", recvmmsg(pair[1], got, 2, 0, NULL));
  for (int i = 0; i < 2; i++) say("  length %d, cut %d", got[i].msg_len, !!(got[i].msg_hdr.msg_flags & MSG_TRUNC));
  show("recvmmsg MSG_WAITFORONE", recvmmsg(pair[1], got, 4, MSG_WAITFORONE, NULL));
  show("recvmmsg MSG_DONTWAIT", recvmmsg(pair[1], got, 4, MSG_DONTWAIT, NULL));
  must("send", send(pair[0], "late", 4, 0));
  struct timespec timeout = { 0, 1 };
  show("timeout is looked at after a message", recvmmsg(pair[1], got, 4, 0, &timeout));
  show("bad timeout", recvmmsg(pair[1], got, 4, 0, &(struct timespec){ 0, 1000000000 }));
  sent[1].msg_hdr.msg_iov = bad_pointer();
  show("the second is bad", sendmmsg(pair[0], sent, 3, 0));
  show("the first is bad", sendmmsg(pair[0], sent + 1, 2, 0));
  show("none", sendmmsg(pair[0], sent, 0, 0));
  show("bad vector", sendmmsg(pair[0], bad_pointer(), 1, 0));
  return 0;
}
