/* file: truncate() cuts or extends with zeroes and needs a writable regular file.
 *
 * truncate(2), fallocate(2).
 */
#include "case.h"

static long size_of(int fd) {
  struct stat info;
  must("fstat", fstat(fd, &info));
  return info.st_size;
}

int main(void) {
  char bytes[16];
  int ends[2], fd = must("open", open("f", O_CREAT | O_RDWR, 0644));
  must("pipe", pipe(ends));
  must("write", write(fd, "0123456789", 10));
  show("cut", ftruncate(fd, 4));
  show("extend", truncate("f", 8));
  text("content", bytes, pread(fd, bytes, 16, 0));
  show("offset is unchanged", lseek(fd, 0, SEEK_CUR));
  show("negative", ftruncate(fd, -1));
  show("a pipe", ftruncate(ends[1], 0));
  show("a directory", truncate(".", 0));
  show("missing", truncate("missing", 0));
  show("bad path", truncate(bad_pointer(), 0));
  show("closed", ftruncate(99, 0));
  show("fallocate extends", fallocate(fd, 0, 0, 100));
  show("size", size_of(fd));
  show("KEEP_SIZE", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 10000));
  show("size", size_of(fd));
  show("PUNCH_HOLE without KEEP_SIZE", fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4));
  show("PUNCH_HOLE", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, 2));
  text("content", bytes, pread(fd, bytes, 4, 0));
  show("length 0", fallocate(fd, 0, 0, 0));
  show("negative offset", fallocate(fd, 0, -1, 10));
  show("of a pipe", fallocate(ends[1], 0, 0, 10));
  show("read-only descriptor", fallocate(must("open", open("f", O_RDONLY)), 0, 0, 10));
  show("posix_fallocate of a closed descriptor", posix_fallocate(99, 0, 10) == EBADF);
  return 0;
}
