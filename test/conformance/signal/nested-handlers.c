/* signal: handlers nest by priority of arrival and unwind in order.
 *
 * signal(7), "Execution of signal handlers": several unblocked pending signals are delivered before user code goes on.
 */
#include "case.h"

static char trail[64];
static void add(const char *what) { strcat(trail, what); }

static void hup(int number) { add("hup "); }
static void usr1(int number) {
  add("(1 ");
  raise(SIGUSR2);
  add("1) ");
}
static void usr2(int number) {
  add("(2 ");
  raise(SIGHUP);
  add("2) ");
}

int main(void) {
  sigset_t set = set_of(SIGUSR1);
  on_signal(SIGHUP, hup, 0), on_signal(SIGUSR1, usr1, 0), on_signal(SIGUSR2, usr2, 0);
  raise(SIGUSR1);
  say("%s", trail);
  trail[0] = 0;
  sigaddset(&set, SIGUSR2), sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR2), raise(SIGUSR1);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  say("%s", trail);
  struct sigaction masked = { .sa_handler = usr1 };
  sigfillset(&masked.sa_mask);
  sigaction(SIGUSR1, &masked, NULL);
  trail[0] = 0;
  raise(SIGUSR1);
  say("%s", trail);
  return 0;
}
