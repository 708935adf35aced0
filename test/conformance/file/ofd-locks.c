/* file: open file description locks belong to the description and conflict within one process.
 *
 * fcntl(2), "Open file description locks".
 */
#include "case.h"

static long lock(int fd, int command, int type, off_t at) {
  return fcntl(fd, command, &(struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 });
}

int main(void) {
  make_file("f", "0123456789");
  int first = must("open", open("f", O_RDWR)), second = must("open", open("f", O_RDWR));
  show("first", lock(first, F_OFD_SETLK, F_WRLCK, 0));
  show("second, same process", lock(second, F_OFD_SETLK, F_WRLCK, 0));
  show("second, another byte", lock(second, F_OFD_SETLK, F_WRLCK, 1));
  show("a POSIX lock conflicts too", lock(second, F_SETLK, F_WRLCK, 0));
  struct flock seen = { .l_type = F_WRLCK, .l_len = 1 };
  show("F_OFD_GETLK", fcntl(second, F_OFD_GETLK, &seen));
  say("type %s, pid %d", seen.l_type == F_WRLCK ? "write" : "other", seen.l_pid);
  seen = (struct flock){ .l_type = F_WRLCK, .l_len = 1, .l_pid = 1 };
  show("l_pid must be 0", fcntl(second, F_OFD_SETLK, &seen));
  pid_t child = spawn();
  if (child == 0) {
    show("the child inherits it", lock(first, F_OFD_SETLK, F_WRLCK, 0));
    close(first);
    _exit(0);
  }
  reap("child", child);
  close(open("f", O_RDONLY));
  show("an unrelated close does not drop it", lock(second, F_OFD_SETLK, F_WRLCK, 0));
  int copy = dup(first);
  close(first);
  show("nor does closing one of two duplicates", lock(second, F_OFD_SETLK, F_WRLCK, 0));
  close(copy);
  show("the last close does", lock(second, F_OFD_SETLK, F_WRLCK, 0));
  return 0;
}
