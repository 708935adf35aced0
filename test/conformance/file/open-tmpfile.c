/* file: O_TMPFILE makes a file without a name, which linkat() may name later.
 *
 * open(2), O_TMPFILE.
 */
#include "case.h"
#include <dirent.h>

int main(void) {
  struct stat info;
  char link[32];
  int fd = open(".", O_TMPFILE | O_RDWR, 0640);
  show_ok("O_TMPFILE", fd);
  must("fstat", fstat(fd, &info));
  say("mode %o, links %d", info.st_mode, (int)info.st_nlink);
  show("write", write(fd, "nameless", 8));
  show("rmdir-able directory has no entry", access("nameless", F_OK));
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  show("linkat", linkat(AT_FDCWD, link, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  char bytes[16];
  text("by its name", bytes, read(must("open", open("named", O_RDONLY)), bytes, 16));
  show("linkat AT_EMPTY_PATH", linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH));
  must("fstat", fstat(fd, &info));
  show("links", info.st_nlink);
  show("read-only O_TMPFILE", open(".", O_TMPFILE | O_RDONLY, 0600));
  show("O_TMPFILE in a file", open("named", O_TMPFILE | O_RDWR, 0600));
  show("O_TMPFILE in a missing directory", open("none", O_TMPFILE | O_RDWR, 0600));
  int exclusive = must("open", open(".", O_TMPFILE | O_EXCL | O_RDWR, 0600));
  snprintf(link, sizeof link, "/proc/self/fd/%d", exclusive);
  show("linkat of an O_EXCL one", linkat(AT_FDCWD, link, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
  return 0;
}
