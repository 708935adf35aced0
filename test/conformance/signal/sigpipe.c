/* signal: writing to a pipe or socket without readers raises SIGPIPE for the writing thread.
 *
 * pipe(7), send(2) MSG_NOSIGNAL.
 */
#include "case.h"
#include <sys/socket.h>

static volatile int calls, origin;
static void handler(int number, siginfo_t *info, void *context) {
  calls++;
  origin = info->si_code == SI_USER && info->si_pid == getpid();
}

int main(void) {
  int ends[2], pair[2];
  must("pipe", pipe(ends));
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  close(ends[0]), close(pair[0]);
  pid_t child = spawn();
  if (child == 0) {
    must("write", write(ends[1], "x", 1));
    _exit(0);
  }
  reap("default action", child);
  on_siginfo(SIGPIPE, handler, 0);
  show("write to the pipe", write(ends[1], "x", 1));
  show("SIGPIPEs", calls);
  show("write of nothing to the pipe", write(ends[1], "", 0));
  show("write to the socket", write(pair[1], "x", 1));
  show("SIGPIPEs", calls);
  show("send with MSG_NOSIGNAL", send(pair[1], "x", 1, MSG_NOSIGNAL));
  show("SIGPIPEs", calls);
  check("it claims to come from ourselves", origin);
  signal(SIGPIPE, SIG_IGN);
  show("write with SIGPIPE ignored", write(ends[1], "x", 1));
  return 0;
}
