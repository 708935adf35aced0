/* event: a signalfd reads pending blocked signals of its mask as records.
 *
 * signalfd(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/signalfd.h>

static void take(const char *name, int fd) {
  struct signalfd_siginfo info[3];
  ssize_t got = read(fd, info, sizeof info);
  if (got < 0) { show(name, -1); return; }
  say("%s: %zd records", name, got / sizeof info[0]);
  for (size_t i = 0; i < got / sizeof info[0]; i++)
    say("  %s, from us %d, value %d", signal_name(info[i].ssi_signo), info[i].ssi_pid == getpid(), info[i].ssi_int);
}

int main(void) {
  sigset_t set = set_of(SIGUSR1), wider;
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, NULL);
  int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  take("nothing", fd);
  sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 1 });
  sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 2 });
  kill(getpid(), SIGUSR1);
  show("poll", poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0));
  take("all", fd);
  take("empty again", fd);
  wider = set_of(SIGUSR2);
  sigprocmask(SIG_BLOCK, &wider, NULL);
  raise(SIGUSR2);
  take("not in the mask", fd);
  check("changing the mask keeps the descriptor", signalfd(fd, &wider, 0) == fd);
  take("in the new mask", fd);
  show("short buffer", read(fd, (char[10]){ 0 }, 10));
  show("unknown flags", signalfd(-1, &set, 1));
  show("not a signalfd", signalfd(0, &set, 0));
  show("wrong mask size", syscall(SYS_signalfd4, -1, &set, 4, 0));
  int blocking = signalfd(-1, &set, 0);
  pid_t parent = getpid(), child = spawn();
  if (child == 0) {
    until_asleep(parent);
    sigqueue(parent, SIGRTMIN, (union sigval){ .sival_int = 77 });
    _exit(0);
  }
  struct signalfd_siginfo info;
  show("blocked read", read(blocking, &info, sizeof info) / (long)sizeof info);
  say("from the child %d, value %d", info.ssi_pid == child, info.ssi_int);
  reap("child", child);
  return 0;
}
