/* signal: siginfo tells who sent a signal: kill, tgkill, a child, a timer.
 *
 * sigaction(2), "The siginfo_t argument to a SA_SIGINFO handler".
 */
#include "case.h"
#include <sys/time.h>

static volatile siginfo_t seen;
static volatile int calls;
static void handler(int number, siginfo_t *info, void *context) {
  seen = *info;
  calls++;
}

static void until_called(void) {
  while (!calls) sched_yield();
  calls = 0;
}

int main(void) {
  int numbers[] = { SIGUSR1, SIGCHLD, SIGALRM };
  for (size_t i = 0; i < COUNT(numbers); i++) on_siginfo(numbers[i], handler, SA_RESTART);
  kill(getpid(), SIGUSR1), until_called();
  say("kill: SI_USER %d, pid is ours %d, uid %d, errno %d", seen.si_code == SI_USER, seen.si_pid == getpid(),
      seen.si_uid, seen.si_errno);
  syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1), until_called();
  say("tgkill: SI_TKILL %d, pid is ours %d", seen.si_code == SI_TKILL, seen.si_pid == getpid());

  struct gate seen_it = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    must("setresuid", setresuid(4321, 0, 0)); /* si_uid is the real id */
    kill(getppid(), SIGUSR1);
    gate_wait(seen_it);
    _exit(3);
  }
  until_called();
  say("another user: SI_USER %d, pid matches %d, uid %d", seen.si_code == SI_USER, seen.si_pid == child, seen.si_uid);
  gate_open(seen_it);
  until_called();
  reap("child", child);
  say("exit: %s, CLD_EXITED %d, status %d, pid matches %d", signal_name(seen.si_signo), seen.si_code == CLD_EXITED,
      seen.si_status, seen.si_pid == child);
  child = spawn();
  if (child == 0)
    for (;;) pause();
  kill(child, SIGSTOP), until_called();
  say("stop: CLD_STOPPED %d, status %s", seen.si_code == CLD_STOPPED, signal_name(seen.si_status));
  kill(child, SIGCONT), until_called();
  say("continue: CLD_CONTINUED %d, status %s", seen.si_code == CLD_CONTINUED, signal_name(seen.si_status));
  kill(child, SIGKILL), until_called();
  say("kill: CLD_KILLED %d, status %s", seen.si_code == CLD_KILLED, signal_name(seen.si_status));
  reap("child", child);
  setitimer(ITIMER_REAL, &(struct itimerval){ .it_value.tv_usec = 1000 }, NULL), until_called();
  say("itimer: %s, SI_KERNEL %d", signal_name(seen.si_signo), seen.si_code == SI_KERNEL);
  return 0;
}
