/* signal: ignored signals, and those whose default is to do nothing, do not interrupt a blocked call.
 *
 * signal(7); POSIX: only a caught signal makes a call fail with EINTR.
 */
#include "case.h"
#include <poll.h>

int main(void) {
  int ends[2];
  must("pipe", pipe(ends));
  struct pollfd poller = { ends[0], POLLIN, 0 };
  signal(SIGUSR1, SIG_IGN);
  pid_t ticker = tick_start(SIGUSR1);
  show("poll under an ignored signal", poll(&poller, 1, 20));
  tick_stop(ticker);
  ticker = tick_start(SIGWINCH);
  show("poll under SIGWINCH", poll(&poller, 1, 20));
  tick_stop(ticker);
  ticker = tick_start(SIGCONT);
  show("poll under SIGCONT", poll(&poller, 1, 20));
  tick_stop(ticker);
  sigset_t blocked = set_of(SIGUSR2);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  ticker = tick_start(SIGUSR2);
  show("poll under a blocked signal", poll(&poller, 1, 20));
  tick_stop(ticker);
  return 0;
}
