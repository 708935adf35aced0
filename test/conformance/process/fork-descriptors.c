/* process: fork() duplicates descriptors: offsets are shared, the table is not.
 *
 * fork(2): descriptors refer to the same open file descriptions, which share offset and status flags.
 */
#include "case.h"

int main(void) {
  char two[3] = "";
  make_file("f", "abcdef");
  int fd = must("open", open("f", O_RDWR));
  pid_t child = spawn();
  if (child == 0) {
    must("read", read(fd, two, 2));
    text("child reads", two, 2);
    fcntl(fd, F_SETFL, O_APPEND);
    close(fd);
    show("child opens more", open("f", O_RDONLY) == fd);
    _exit(0);
  }
  reap("child", child);
  show("offset after the child's read", lseek(fd, 0, SEEK_CUR));
  check("O_APPEND set by the child is seen", fcntl(fd, F_GETFL) & O_APPEND);
  show("descriptor is still open here", fcntl(fd, F_GETFD));
  must("read", read(fd, two, 2));
  text("parent reads on", two, 2);
  return 0;
}
