/* file: O_CREAT, O_EXCL, O_TRUNC, O_APPEND and access modes do what open(2) says.
 *
 * open(2).
 */
#include "case.h"

int main(void) {
  char bytes[16];
  struct stat info;
  show("missing", open("f", O_RDONLY));
  int fd = show_ok("O_CREAT", open("f", O_CREAT | O_RDWR, 0666)) == -1 ? -1 : 3;
  must("fstat", fstat(fd, &info));
  say("mode with umask 022: %o, size %ld", info.st_mode, (long)info.st_size);
  show("O_CREAT|O_EXCL", open("f", O_CREAT | O_EXCL | O_RDWR, 0666));
  show("write", write(fd, "0123456789", 10));
  int append = must("open", open("f", O_WRONLY | O_APPEND));
  show("offset before an append", lseek(append, 0, SEEK_CUR));
  show("append", write(append, "ab", 2));
  show("offset after it", lseek(append, 0, SEEK_CUR));
  must("lseek", lseek(append, 0, SEEK_SET));
  show("append after seeking to 0", write(append, "cd", 2));
  show("pwrite appends too", pwrite(append, "ef", 2, 0));
  text("content", bytes, pread(fd, bytes, sizeof bytes, 0));
  show("read of a write-only descriptor", read(append, bytes, 1));
  int reader = must("open", open("f", O_RDONLY));
  show("write to a read-only descriptor", write(reader, "x", 1));
  show("ftruncate of a read-only descriptor", ftruncate(reader, 0));
  must("open", open("f", O_WRONLY | O_TRUNC));
  must("fstat", fstat(fd, &info));
  show("size after O_TRUNC", info.st_size);
  show("read at the old offset", read(fd, bytes, 16));
  check("F_GETFL", (fcntl(append, F_GETFL) & (O_ACCMODE | O_APPEND)) == (O_WRONLY | O_APPEND));
  show("O_CREAT in a missing directory", open("no/f", O_CREAT | O_RDWR, 0666));
  show("O_CREAT with an empty path", open("", O_CREAT | O_RDWR, 0666));
  show("O_CREAT with a trailing slash", open("new/", O_CREAT | O_RDWR, 0666));
  show("O_RDWR of a directory", open(".", O_RDWR));
  show("O_CREAT of a directory", open(".", O_CREAT | O_RDONLY, 0666));
  int created = must("open", open("readonly", O_CREAT | O_RDWR, 0400));
  show("a descriptor may exceed the mode it creates", write(created, "x", 1));
  show("mode 3 opens for ioctl only", read(must("open", open("f", 3)), bytes, 1));
  return 0;
}
