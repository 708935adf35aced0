/* file: mkdir and rmdir: modes, link counts, and every refusal.
 *
 * mkdir(2), rmdir(2).
 */
#include "case.h"

static void mode_of(const char *path) {
  struct stat info;
  must("stat", stat(path, &info));
  say("%s: mode %o", path, info.st_mode);
}

int main(void) {
  make_file("f", "");
  show("mkdir", mkdir("d", 0777));
  mode_of("d");
  umask(0);
  show("mkdir 01777", mkdir("sticky", 01777));
  mode_of("sticky");
  show("mkdir 06777", mkdir("set", 06777));
  mode_of("set");
  must("chmod", chmod("set", 02755));
  must("mkdir", mkdir("set/inner", 0700));
  mode_of("set/inner");
  umask(077);
  show("mkdir umask 077", mkdir("private", 0777));
  mode_of("private");
  show("exists", mkdir("d", 0755));
  show("exists as a file", mkdir("f", 0755));
  show("below a file", mkdir("f/d", 0755));
  show("missing parent", mkdir("x/y", 0755));
  must("symlink", symlink("nowhere", "dangling"));
  show("on a dangling link", mkdir("dangling", 0755));
  show("bad pointer", mkdir(bad_pointer(), 0755));
  make_file("d/inside", "");
  show("rmdir of a full directory", rmdir("d"));
  show("rmdir of a file", rmdir("f"));
  show("rmdir of a link", rmdir("dangling"));
  show("rmdir missing", rmdir("x"));
  must("unlink", unlink("d/inside"));
  int fd = must("open", open("d", O_RDONLY));
  show("rmdir", rmdir("d"));
  struct stat info;
  must("fstat", fstat(fd, &info));
  show("links of a removed directory", info.st_nlink);
  show("create in it", openat(fd, "x", O_CREAT | O_RDWR, 0644));
  show("rmdir of the root", rmdir("/"));
  return 0;
}
