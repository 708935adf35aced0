/* process: a pidfd polls readable when its process ends, and signals go through it.
 *
 * pidfd_open(2), pidfd_send_signal(2), waitid(2) P_PIDFD.
 */
#include "case.h"
#include <poll.h>

static long pidfd_open_(pid_t pid, int flags) { return syscall(SYS_pidfd_open, pid, flags); }
static long pidfd_send(int fd, int number) { return syscall(SYS_pidfd_send_signal, fd, number, NULL, 0); }

int main(void) {
  siginfo_t info = { 0 };
  pid_t child = spawn();
  if (child == 0)
    for (;;) pause();
  int fd = show_ok("pidfd_open", pidfd_open_(child, 0)) == -1 ? -1 : pidfd_open_(child, 0);
  check("close-on-exec is set", fcntl(fd, F_GETFD) == FD_CLOEXEC);
  show("unknown flags", pidfd_open_(child, 1));
  show("pid 0", pidfd_open_(0, 0));
  show("negative pid", pidfd_open_(-1, 0));
  show("nobody", pidfd_open_(999999, 0));
  struct pollfd poller = { fd, POLLIN, 0 };
  show("poll while it runs", poll(&poller, 1, 0));
  show("read of a pidfd", read(fd, &info, 8));
  show("signal 0", pidfd_send(fd, 0));
  show("signal 99", pidfd_send(fd, 99));
  show("signal through a file", pidfd_send(STDIN_FILENO, 0));
  show("SIGTERM", pidfd_send(fd, SIGTERM));
  show("poll until it ends", poll(&poller, 1, -1));
  check("POLLIN", poller.revents & POLLIN);
  show("zombies still take signals", pidfd_send(fd, SIGTERM));
  show("waitid P_PIDFD", waitid(P_PIDFD, fd, &info, WEXITED));
  say("killed by %s", signal_name(info.si_status));
  show("after the reaping", pidfd_send(fd, 0));
  show("waitid again", waitid(P_PIDFD, fd, &info, WEXITED));
  return 0;
}
