/* process: CLONE_PIDFD hands out a pidfd at birth; pidfd_getfd copies a descriptor out of a process.
 *
 * clone(2), CLONE_PIDFD; pidfd_getfd(2).
 */
#include "case.h"
#include <linux/sched.h>

int main(void) {
  int fd = -1;
  struct gate ready = gate_make();
  struct clone_args arguments = { .flags = CLONE_PIDFD, .pidfd = (uintptr_t)&fd, .exit_signal = SIGCHLD };
  pid_t child = must("clone3", syscall(SYS_clone3, &arguments, sizeof arguments));
  if (child == 0) {
    make_file("f", "from the child");
    must("dup2", dup2(must("open", open("f", O_RDONLY)), 70));
    gate_open(ready);
    for (;;) pause();
  }
  check("pidfd stored", fd >= 0);
  gate_wait(ready);
  char bytes[64];
  int copy = syscall(SYS_pidfd_getfd, fd, 70, 0);
  show_ok("pidfd_getfd", copy);
  text("its content", bytes, read(copy, bytes, sizeof bytes));
  check("close-on-exec is set", fcntl(copy, F_GETFD) == FD_CLOEXEC);
  show("descriptor not open there", syscall(SYS_pidfd_getfd, fd, 71, 0));
  show("unknown flags", syscall(SYS_pidfd_getfd, fd, 70, 1));
  show("not a pidfd", syscall(SYS_pidfd_getfd, STDIN_FILENO, 0, 0));
  show("kill", syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
  siginfo_t info;
  show("waitid", waitid(P_PIDFD, fd, &info, WEXITED));
  return 0;
}
