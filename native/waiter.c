/*
 * waiter: stands on the host for one process of a sandbox, as its parent expects a process to be:
 * it has a pid, passes signals on, ends when the process ends, and with the same status.
 *
 * Descriptor 3 is a connection to the sandbox (src/control/process.ts): packets of four bytes, to it
 * a signal number, from it the exit status. When it closes without a status the sandbox is gone, and
 * every process in it was killed. When the waiter is killed, the sandbox sees the connection close,
 * and kills the process.
 * Argument: "terminal" when descriptor 4 is the process's terminal, whose signals are to come here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SANDBOX = 3, TERMINAL = 4, KILLED = 128 + SIGKILL };

/* The streams are the process's own by now: kept open here, their readers would never see the end. */
static void close_streams(void) {
  for (int fd = 0; fd < 3; fd++) close(fd);
}

static void pass_on(int signals) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) == sizeof info) {
    int32_t number = (int32_t)info.ssi_signo;
    (void)!send(SANDBOX, &number, sizeof number, MSG_NOSIGNAL);
  }
}

int main(int argc, char **argv) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  int signals = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals < 0) return KILLED;
  if (argc > 1 && strcmp(argv[1], "terminal") == 0) {
    setsid();
    ioctl(TERMINAL, TIOCSCTTY, 0);
  }
  close_streams();
  struct pollfd watch[2] = {{.fd = SANDBOX, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
  for (;;) {
    if (poll(watch, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return KILLED;
    }
    if (watch[1].revents != 0) pass_on(signals);
    if (watch[0].revents == 0) continue;
    int32_t status;
    ssize_t n = recv(SANDBOX, &status, sizeof status, 0);
    if (n < 0 && errno == EINTR) continue;
    return n == sizeof status ? status & 255 : KILLED;
  }
}
