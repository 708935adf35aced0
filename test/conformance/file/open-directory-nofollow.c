/* file: O_DIRECTORY, O_NOFOLLOW and O_PATH check the kind of file.
 *
 * open(2).
 */
#include "case.h"

int main(void) {
  char byte;
  struct stat info;
  make_file("f", "text");
  must("mkdir", mkdir("d", 0755));
  must("symlink", symlink("f", "to-f"));
  must("symlink", symlink("d", "to-d"));
  must("symlink", symlink("nowhere", "dangling"));
  show("O_DIRECTORY of a file", open("f", O_RDONLY | O_DIRECTORY));
  show_ok("O_DIRECTORY of a link to a directory", open("to-d", O_RDONLY | O_DIRECTORY));
  show("O_NOFOLLOW of a link", open("to-f", O_RDONLY | O_NOFOLLOW));
  show("O_NOFOLLOW|O_DIRECTORY of a link", open("to-d", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
  show_ok("O_NOFOLLOW follows links before the last name", open("to-d/../f", O_RDONLY | O_NOFOLLOW));
  show("read of a directory", read(must("open", open("d", O_RDONLY)), &byte, 1));
  show("write of a directory", write(must("open", open("d", O_RDONLY)), &byte, 1));
  show("dangling link", open("dangling", O_RDONLY));
  show("O_EXCL of a dangling link", open("dangling", O_CREAT | O_EXCL | O_RDWR, 0644));
  show_ok("O_CREAT through a dangling link", open("dangling", O_CREAT | O_RDWR, 0644));
  show("creates the target", access("nowhere", F_OK));
  int path = open("to-f", O_PATH | O_NOFOLLOW);
  show_ok("O_PATH|O_NOFOLLOW of a link", path);
  must("fstat", fstat(path, &info));
  check("is the link itself", S_ISLNK(info.st_mode));
  show("readlinkat of it", readlinkat(path, "", &byte, 1));
  path = must("open", open("f", O_PATH));
  show("read of O_PATH", read(path, &byte, 1));
  show("fchmod of O_PATH", fchmod(path, 0600));
  show("lseek of O_PATH", lseek(path, 0, SEEK_SET));
  show("fstat of O_PATH", fstat(path, &info));
  check("F_GETFL says O_PATH", fcntl(path, F_GETFL) & O_PATH);
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", path);
  text("reopened through /proc", &byte, read(must("open", open(link, O_RDONLY)), &byte, 1));
  show_ok("O_PATH of a directory is a base for openat", openat(must("open", open("d", O_PATH)), "../f", O_RDONLY));
  show("openat with a file as base", openat(path, "x", O_RDONLY));
  return 0;
}
