/* file: dup, dup2, dup3 and F_DUPFD choose numbers and share the description but not the flag.
 *
 * dup(2), fcntl(2).
 */
#include "case.h"
#include <sys/resource.h>

int main(void) {
  make_file("f", "0123456789");
  int fd = must("open", open("f", O_RDONLY | O_CLOEXEC));
  show("open gives the lowest", fd);
  show("dup gives the next", dup(fd));
  close(3);
  show("lowest again", dup(4));
  fd = 3;
  show("dup2", dup2(fd, 10));
  show("dup2 onto itself", dup2(fd, fd));
  show("dup2 of a closed one onto itself", dup2(99, 99));
  show("dup2 to -1", dup2(fd, -1));
  show("dup3 onto itself", dup3(fd, fd, 0));
  show("dup3 unknown flag", dup3(fd, 11, O_APPEND));
  show("dup3 O_CLOEXEC", dup3(fd, 11, O_CLOEXEC));
  say("flags: %d %d %d", fcntl(3, F_GETFD), fcntl(10, F_GETFD), fcntl(11, F_GETFD));
  show("F_DUPFD from 20", fcntl(fd, F_DUPFD, 20));
  show("F_DUPFD from 20 again", fcntl(fd, F_DUPFD, 20));
  show("F_DUPFD_CLOEXEC from 5", fcntl(fd, F_DUPFD_CLOEXEC, 5));
  show("F_DUPFD negative", fcntl(fd, F_DUPFD, -1));
  lseek(10, 7, SEEK_SET);
  show("shared offset", lseek(3, 0, SEEK_CUR));
  fcntl(10, F_SETFL, O_NONBLOCK);
  check("shared status flags", fcntl(3, F_GETFL) & O_NONBLOCK);
  soft_limit(RLIMIT_NOFILE, 16);
  show("dup2 at the limit", dup2(fd, 16));
  show("F_DUPFD at the limit", fcntl(fd, F_DUPFD, 16));
  show("dup2 below it", dup2(fd, 15));
  while (dup(fd) >= 0) {}
  show("dup when full", dup(fd));
  show("open when full", open("f", O_RDONLY));
  show("pipe when full", pipe((int[2]){ 0 }));
  close(6);
  show("pipe with one left", pipe((int[2]){ 0 }));
  show("open with one left", open("f", O_RDONLY));
  show("descriptors above the limit stay usable", fcntl(21, F_GETFD));
  show("close twice", (close(21), close(21)));
  show("fcntl unknown command", fcntl(fd, 9999));
  return 0;
}
