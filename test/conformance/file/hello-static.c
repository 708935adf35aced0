/* file: a static program creates, writes, reads, lists and removes a file.
 *
 * open(2), read(2), write(2), lseek(2), fstat(2), unlink(2): the first file calls a young kernel serves.
 */
// static
#include "case.h"

int main(void) {
  char bytes[16];
  struct stat info;
  int fd = open("f", O_CREAT | O_EXCL | O_RDWR, 0644);
  show("open", fd);
  show("write", write(fd, "first file", 10));
  show("lseek", lseek(fd, 6, SEEK_SET));
  text("read", bytes, read(fd, bytes, sizeof bytes));
  show("read at the end", read(fd, bytes, sizeof bytes));
  show("fstat", fstat(fd, &info));
  say("size %ld, mode %o, links %d, owner %d", (long)info.st_size, info.st_mode, (int)info.st_nlink, info.st_uid);
  show("close", close(fd));
  show("close again", close(fd));
  show("access", access("f", R_OK | W_OK));
  show("mkdir", mkdir("d", 0755));
  show("rename", rename("f", "d/g"));
  show("old name", access("f", F_OK));
  show("unlink", unlink("d/g"));
  show("rmdir", rmdir("d"));
  return 0;
}
