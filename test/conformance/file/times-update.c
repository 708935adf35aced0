/* file: reads, writes and metadata changes move the right time stamps.
 *
 * inode(7), "The file timestamps".
 */
#include "case.h"

static void set_old(const char *path) {
  struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };
  must("utimensat", utimensat(AT_FDCWD, path, times, 0));
}

static void moved(const char *name, const char *path) {
  struct stat info;
  must("stat", stat(path, &info));
  say("%s: modification %s", name, info.st_mtim.tv_sec == 1000 ? "unchanged" : "moved");
}

int main(void) {
  char byte;
  must("mkdir", mkdir("d", 0755));
  make_file("f", "text");
  int fd = must("open", open("f", O_RDWR));
  set_old("f"), must("read", read(fd, &byte, 1)), moved("read", "f");
  set_old("f"), must("write", write(fd, "x", 1)), moved("write", "f");
  set_old("f"), must("write", write(fd, "", 0)), moved("write of nothing", "f");
  set_old("f"), must("chmod", chmod("f", 0600)), moved("chmod", "f");
  set_old("f"), must("ftruncate", ftruncate(fd, 2)), moved("ftruncate to less", "f");
  set_old("f"), must("open", open("f", O_RDWR | O_TRUNC)), moved("O_TRUNC", "f");
  set_old("f"), must("open", open("f", O_RDWR)), moved("open", "f");
  set_old("f"), must("link", link("f", "g")), moved("link", "f");
  set_old("d"), make_file("d/x", ""), moved("create in a directory", "d");
  set_old("d"), make_file("d/x", "more"), moved("rewrite in a directory", "d");
  set_old("d"), must("rename", rename("d/x", "d/y")), moved("rename in a directory", "d");
  set_old("d"), must("unlink", unlink("d/y")), moved("unlink in a directory", "d");
  set_old("d"), must("mkdir", mkdir("d/z", 0755)), moved("mkdir in a directory", "d");
  set_old("d"), must("chmod", chmod("d", 0700)), moved("chmod of a directory", "d");
  struct stat before, after;
  must("stat", stat("f", &before));
  sleep_ms(15);
  must("chmod", chmod("f", 0644)), must("stat", stat("f", &after));
  check("chmod moves the change time", after.st_ctim.tv_sec * 1000000000 + after.st_ctim.tv_nsec
                                           > before.st_ctim.tv_sec * 1000000000 + before.st_ctim.tv_nsec);
  return 0;
}
