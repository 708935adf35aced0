/* poll: select() keeps only ready bits, checks its arguments and updates the timeout.
 *
 * select(2).
 */
#include "case.h"
#include <sys/select.h>

int main(void) {
  int a[2], b[2];
  must("pipe", pipe(a)), must("pipe", pipe(b));
  must("write", write(a[1], "x", 1));
  fd_set in, out, except;
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_ZERO(&except);
  FD_SET(a[0], &in);
  FD_SET(b[0], &in);
  FD_SET(b[1], &out);
  FD_SET(a[0], &except);
  show("select", select(b[1] + 1, &in, &out, &except, NULL));
  say("a readable %d, b readable %d, b writable %d, exception %d", !!FD_ISSET(a[0], &in), !!FD_ISSET(b[0], &in),
      !!FD_ISSET(b[1], &out), !!FD_ISSET(a[0], &except));
  FD_ZERO(&in);
  FD_SET(b[0], &in);
  struct timeval timeout = { 0, 10000 };
  show("timeout", select(b[0] + 1, &in, NULL, NULL, &timeout));
  say("bits cleared %d, time left %ld.%06ld", !FD_ISSET(b[0], &in), (long)timeout.tv_sec, (long)timeout.tv_usec);
  timeout = (struct timeval){ 10, 0 };
  FD_SET(a[0], &in);
  show("ready at once", select(b[0] + 1, &in, NULL, NULL, &timeout));
  check("most of the time is left", timeout.tv_sec >= 9);
  show("bits beyond nfds are ignored", (FD_SET(a[0], &in), select(a[0], &in, NULL, NULL, &(struct timeval){ 0, 0 })));
  show("negative nfds", select(-1, NULL, NULL, NULL, &(struct timeval){ 0, 0 }));
  show("negative time", select(0, NULL, NULL, NULL, &(struct timeval){ -1, 0 }));
  FD_ZERO(&in);
  FD_SET(60, &in);
  show("closed descriptor", select(61, &in, NULL, NULL, NULL));
  show("bad pointer", syscall(SYS_select, 10, bad_pointer(), NULL, NULL, NULL));
  close(b[0]);
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_SET(b[1], &in);
  FD_SET(b[1], &out);
  show("a pipe without readers", select(b[1] + 1, &in, &out, NULL, &(struct timeval){ 0, 0 }));
  say("counts as readable %d, writable %d", !!FD_ISSET(b[1], &in), !!FD_ISSET(b[1], &out));
  return 0;
}
