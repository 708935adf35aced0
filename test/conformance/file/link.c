/* file: link() adds a name, never for directories; linkat() chooses whether to follow.
 *
 * link(2), linkat(2).
 */
#include "case.h"

static void links(const char *path) {
  struct stat info;
  must("lstat", lstat(path, &info));
  say("%s: %s, links %d", path, S_ISLNK(info.st_mode) ? "symbolic link" : "file", (int)info.st_nlink);
}

int main(void) {
  make_file("f", "x");
  must("mkdir", mkdir("d", 0755));
  must("symlink", symlink("f", "s"));
  show("link", link("f", "d/g"));
  links("f"), links("d/g");
  show("onto an existing name", link("f", "d/g"));
  show("of a directory", link("d", "e"));
  show("missing source", link("missing", "e"));
  show("missing target directory", link("f", "missing/e"));
  show("below a file", link("f", "f/e"));
  show("trailing slash", link("f", "e/"));
  show("source with a trailing slash", link("f/", "e"));
  show("of a symbolic link", link("s", "t"));
  links("t");
  show("AT_SYMLINK_FOLLOW", linkat(AT_FDCWD, "s", AT_FDCWD, "u", AT_SYMLINK_FOLLOW));
  links("u");
  show("unknown flag", linkat(AT_FDCWD, "f", AT_FDCWD, "v", 1));
  must("unlink", unlink("f"));
  links("d/g");
  int fd = must("open", open("d/g", O_RDONLY));
  show("AT_EMPTY_PATH", linkat(fd, "", AT_FDCWD, "w", AT_EMPTY_PATH));
  must("unlink", unlink("d/g")), unlink("u"), unlink("w");
  show("AT_EMPTY_PATH without any name left", linkat(fd, "", AT_FDCWD, "x", AT_EMPTY_PATH));
  return 0;
}
