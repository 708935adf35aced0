/* file: symbolic links are followed up to 40 deep, relative to where they lie.
 *
 * symlink(7), path_resolution(7), readlink(2).
 */
#include "case.h"

int main(void) {
  char bytes[64], from[8], to[8];
  struct stat info;
  make_file("f", "target");
  must("mkdir", mkdir("d", 0755));
  show("symlink", symlink("../f", "d/up"));
  show("it resolves from its own directory", access("d/up", R_OK));
  show("symlink onto an existing name", symlink("x", "d/up"));
  show("empty target", symlink("", "empty"));
  show("trailing slash", symlink("f", "new/"));
  text("readlink", bytes, readlink("d/up", bytes, sizeof bytes));
  text("readlink cuts", bytes, readlink("d/up", bytes, 2));
  show("readlink size 0", syscall(SYS_readlink, "d/up", bytes, 0));
  show("readlink of a file", readlink("f", bytes, sizeof bytes));
  show("readlink missing", readlink("missing", bytes, sizeof bytes));
  must("lstat", lstat("d/up", &info));
  say("mode %o, size %ld", info.st_mode, (long)info.st_size);
  strcpy(from, "f");
  for (int i = 1; i <= 41; i++) {
    snprintf(to, sizeof to, "l%d", i);
    must("symlink", symlink(from, to));
    strcpy(from, to);
  }
  show("40 links", access("l40", F_OK));
  show("41 links", access("l41", F_OK));
  must("symlink", symlink("self", "self"));
  show("loop", open("self", O_RDONLY));
  show("loop in the middle", open("self/x", O_RDONLY));
  show("lstat of a loop", lstat("self", &info));
  must("symlink", symlink("d", "to-d"));
  must("lstat", lstat("to-d", &info));
  check("lstat sees the link", S_ISLNK(info.st_mode));
  must("lstat", lstat("to-d/", &info));
  check("lstat with a slash sees the directory", S_ISDIR(info.st_mode));
  must("symlink", symlink("f", "to-f"));
  show("link to a file with a trailing slash", open("to-f/", O_RDONLY));
  show("through a link that climbs", access("to-d/../f", F_OK));
  return 0;
}
