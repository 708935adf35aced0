/* process: execve() closes close-on-exec descriptors only.
 *
 * execve(2), open(2) O_CLOEXEC, fcntl(2) F_SETFD, dup3(2).
 */
#include "case.h"

int main(int argc, char **argv) {
  if (argc > 1) {
    for (int fd = 60; fd < 66; fd++) {
      char name[32];
      snprintf(name, sizeof name, "descriptor %d", fd);
      show(name, fcntl(fd, F_GETFD));
    }
    show("offset is kept", lseek(60, 0, SEEK_CUR));
    return 0;
  }
  make_file("f", "0123456789");
  int fd = must("open", open("f", O_RDONLY)), secret = must("open", open("f", O_RDONLY | O_CLOEXEC));
  must("lseek", lseek(fd, 4, SEEK_SET));
  must("dup2", dup2(fd, 60));
  must("dup2", dup2(secret, 61)); /* the copy has its own flag, off */
  must("dup3", dup3(fd, 62, O_CLOEXEC));
  must("dup2", dup2(fd, 63)), fcntl(63, F_SETFD, FD_CLOEXEC);
  must("dup3", dup3(fd, 64, O_CLOEXEC)), fcntl(64, F_SETFD, 0);
  must("F_DUPFD_CLOEXEC", fcntl(fd, F_DUPFD_CLOEXEC, 65));
  pid_t child = spawn();
  if (child == 0) {
    execve("/proc/self/exe", (char *[]){ "case", "again", NULL }, NULL);
    _exit(1);
  }
  reap("child", child);
  execve("./missing", (char *[]){ "case", NULL }, NULL);
  show("failed exec closes nothing", fcntl(63, F_GETFD));
  return 0;
}
