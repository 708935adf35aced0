/* file: F_SETFL changes only the changeable flags; F_GETFL tells mode and flags.
 *
 * fcntl(2).
 */
#include "case.h"

static void print(const char *name, int fd) {
  int flags = fcntl(fd, F_GETFL);
  say("%s: mode %d%s%s%s%s%s", name, flags & O_ACCMODE, flags & O_APPEND ? " append" : "",
      flags & O_NONBLOCK ? " nonblock" : "",
      flags & O_CREAT ? " creat" : "", flags & O_TRUNC ? " trunc" : "", flags & O_DIRECTORY ? " directory" : "");
}

int main(void) {
  int ends[2];
  int fd = must("open", open("f", O_CREAT | O_TRUNC | O_RDWR, 0644));
  print("creation flags are not kept", fd);
  show("set everything", fcntl(fd, F_SETFL, O_WRONLY | O_APPEND | O_NONBLOCK | O_CREAT | O_TRUNC));
  print("after", fd);
  show("set nothing", fcntl(fd, F_SETFL, 0));
  print("after", fd);
  print("directory", must("open", open(".", O_RDONLY | O_DIRECTORY)));
  must("pipe2", pipe2(ends, O_NONBLOCK));
  print("read end", ends[0]), print("write end", ends[1]);
  show("F_SETFD 1", fcntl(fd, F_SETFD, FD_CLOEXEC));
  show("F_GETFD", fcntl(fd, F_GETFD));
  show("F_SETFD 254 clears", fcntl(fd, F_SETFD, 254));
  show("F_GETFD", fcntl(fd, F_GETFD));
  show("closed", fcntl(99, F_GETFL));
  show("F_SETOWN ourselves", fcntl(ends[0], F_SETOWN, getpid()));
  check("F_GETOWN", fcntl(ends[0], F_GETOWN) == getpid());
  show("F_SETSIG", fcntl(ends[0], F_SETSIG, SIGUSR1));
  show("F_GETSIG", fcntl(ends[0], F_GETSIG));
  show("F_SETSIG invalid", fcntl(ends[0], F_SETSIG, 1000));
  show("O_APPEND of a pipe end", fcntl(ends[1], F_SETFL, O_APPEND));
  print("write end", ends[1]);
  return 0;
}
