/* signal: SA_NODEFER, SA_RESETHAND and sa_mask change how a handler runs.
 *
 * sigaction(2).
 */
#include "case.h"

static volatile int depth, deepest, calls;

static void nested(int number) {
  calls++;
  if (++depth > deepest) deepest = depth;
  if (calls < 3) raise(number);
  depth--;
}

static volatile int order_at;
static char order[16];
static void first(int number) {
  order[order_at++] = '1';
  raise(SIGUSR2);
  order[order_at++] = 'e';
}
static void second(int number) { order[order_at++] = '2'; }

int main(void) {
  on_signal(SIGUSR1, nested, 0);
  raise(SIGUSR1);
  say("deferred: calls %d, deepest %d", calls, deepest);
  calls = deepest = 0;
  on_signal(SIGUSR1, nested, SA_NODEFER);
  raise(SIGUSR1);
  say("SA_NODEFER: calls %d, deepest %d", calls, deepest);

  struct sigaction action = { .sa_handler = first }, now;
  on_signal(SIGUSR2, second, 0);
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  say("USR2 inside USR1: %s", order);
  memset(order, 0, sizeof order), order_at = 0;
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  say("USR2 in sa_mask: %s", order);

  on_signal(SIGUSR2, second, SA_RESETHAND);
  raise(SIGUSR2);
  sigaction(SIGUSR2, NULL, &now);
  check("SA_RESETHAND: back to default", now.sa_handler == SIG_DFL);
  sigset_t mask;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  check("mask is restored", sigisemptyset(&mask));
  return 0;
}
