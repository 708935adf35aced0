/* signal: RLIMIT_SIGPENDING bounds queued real-time signals; sigqueue() then fails with EAGAIN.
 *
 * getrlimit(2), RLIMIT_SIGPENDING: kill() of a standard signal always succeeds.
 */
// as: user
#include "case.h"
#include <sys/resource.h>

int main(void) {
  sigset_t all, pending;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  must("setrlimit", setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){ 0, 0 }));
  show("sigqueue", sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }));
  show("sigqueue of a standard signal", sigqueue(getpid(), SIGUSR1, (union sigval){ 0 }));
  show("kill with a standard signal", kill(getpid(), SIGUSR2));
  show("kill with a real-time signal", kill(getpid(), SIGRTMIN + 1));
  sigpending(&pending);
  check("SIGUSR2 pending", sigismember(&pending, SIGUSR2));
  check("SIGRTMIN pending", sigismember(&pending, SIGRTMIN));
  check("SIGRTMIN+1 pending", sigismember(&pending, SIGRTMIN + 1));
  return 0;
}
