/* proc: what may not be changed is refused: creating, removing, writing to read-only files.
 *
 * proc(5).
 */
#include "case.h"

int main(void) {
  char bytes[64];
  show("create", open("/proc/new", O_CREAT | O_RDWR, 0644));
  show("mkdir", mkdir("/proc/new", 0755));
  show("unlink", unlink("/proc/self/stat"));
  show("rmdir", rmdir("/proc/self"));
  show("symlink", symlink("x", "/proc/new"));
  show("mkdir in our directory", mkdir("/proc/self/new", 0755));
  show("missing file of ours", open("/proc/self/nothing", O_RDONLY));
  show("nobody's directory", open("/proc/999999", O_RDONLY));
  show("a number with leading zeroes", open("/proc/00001", O_RDONLY));
  int fd = must("open", open("/proc/self/stat", O_RDONLY));
  show("read to a bad pointer", read(fd, bad_pointer(), 10));
  show("still readable", read(fd, bytes, 10));
  show("lseek to the start", lseek(fd, 0, SEEK_SET));
  show("read past the end", pread(fd, bytes, 10, 100000));
  struct stat info;
  must("fstat", fstat(fd, &info));
  say("size %ld, mode %o", (long)info.st_size, info.st_mode);
  must("stat", stat("/proc/self/fd", &info));
  say("fd directory mode %o", info.st_mode);
  must("stat", stat("/proc", &info));
  say("proc mode %o", info.st_mode);
  show("rename", rename("/proc/self/stat", "/proc/self/other"));
  return 0;
}
