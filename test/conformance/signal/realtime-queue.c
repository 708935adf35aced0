/* signal: real-time signals queue, lowest number first, in order, with their values.
 *
 * signal(7), "Real-time signals"; sigqueue(3).
 */
#include "case.h"

static void handler(int number, siginfo_t *info, void *context) {
  say("%s value %d, code SI_QUEUE: %d, from us: %d", signal_name(number), info->si_value.sival_int,
      info->si_code == SI_QUEUE, info->si_pid == getpid());
}

int main(void) {
  sigset_t all;
  sigfillset(&all);
  int numbers[] = { SIGRTMIN, SIGRTMIN + 1, SIGRTMIN + 5, SIGUSR1, SIGRTMAX };
  for (size_t i = 0; i < COUNT(numbers); i++) {
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO, .sa_mask = all };
    must("sigaction", sigaction(numbers[i], &action, NULL));
  }
  sigprocmask(SIG_BLOCK, &all, NULL);
  int sent[][2] = { { SIGRTMAX, 1 }, { SIGRTMIN + 5, 2 }, { SIGRTMIN, 3 }, { SIGUSR1, 4 }, { SIGRTMIN + 1, 5 },
                    { SIGRTMIN, 6 }, { SIGUSR1, 7 }, { SIGRTMIN + 1, 8 }, { SIGRTMIN, 9 } };
  for (size_t i = 0; i < COUNT(sent); i++)
    must("sigqueue", sigqueue(getpid(), sent[i][0], (union sigval){ .sival_int = sent[i][1] }));
  sigprocmask(SIG_UNBLOCK, &all, NULL);
  show("sigqueue to nobody", sigqueue(999999, SIGUSR1, (union sigval){ 0 }));
  show("sigqueue signal 70", sigqueue(getpid(), 70, (union sigval){ 0 }));
  return 0;
}
