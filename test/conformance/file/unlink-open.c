/* file: an unlinked file lives on as long as it is open.
 *
 * unlink(2).
 */
#include "case.h"

int main(void) {
  struct stat info;
  char bytes[16];
  int fd = must("open", open("f", O_CREAT | O_RDWR, 0644));
  must("link", link("f", "g"));
  must("fstat", fstat(fd, &info));
  show("links", info.st_nlink);
  show("unlink", unlink("f"));
  show("unlink the second name", unlink("g"));
  show("unlink again", unlink("g"));
  must("fstat", fstat(fd, &info));
  show("links", info.st_nlink);
  show("write", write(fd, "still here", 10));
  text("read", bytes, pread(fd, bytes, 16, 0));
  show("ftruncate", ftruncate(fd, 5));
  make_file("f", "new");
  text("a new file of the same name is another", bytes, pread(fd, bytes, 16, 0));
  show("unlink of a directory", unlink("."));
  must("mkdir", mkdir("d", 0755));
  show("unlink of a directory", unlink("d"));
  show("unlinkat AT_REMOVEDIR", unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
  show("unlinkat AT_REMOVEDIR of a file", unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
  show("unlinkat unknown flags", unlinkat(AT_FDCWD, "f", 1));
  show("unlink with a trailing slash", unlink("f/"));
  show("unlink below a file", unlink("f/x"));
  show("unlink of an empty path", unlink(""));
  must("symlink", symlink("f", "l"));
  show("unlink of a link", unlink("l"));
  show("leaves its target", access("f", F_OK));
  return 0;
}
