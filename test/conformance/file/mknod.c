/* file: mknod() makes files, fifos, sockets and devices, and refuses directories.
 *
 * mknod(2).
 */
#include "case.h"
#include <sys/sysmacros.h>

static void kind(const char *path) {
  struct stat info;
  must("lstat", lstat(path, &info));
  say("  %s: %o, device %d:%d", path, info.st_mode, major(info.st_rdev), minor(info.st_rdev));
}

int main(void) {
  show("regular", mknod("regular", S_IFREG | 0666, 0)), kind("regular");
  show("type 0 is regular", mknod("typeless", 0600, 0)), kind("typeless");
  show("fifo", mknod("fifo", S_IFIFO | 0644, 0)), kind("fifo");
  show("socket", mknod("socket", S_IFSOCK | 0755, 0)), kind("socket");
  show("open of a socket", open("socket", O_RDWR));
  show("character device", mknod("null", S_IFCHR | 0666, makedev(1, 3))), kind("null");
  show("directory", mknod("directory", S_IFDIR | 0755, 0));
  show("link", mknod("link", S_IFLNK | 0755, 0));
  show("unknown type", mknod("unknown", 0110000 | 0644, 0));
  show("exists", mknod("regular", S_IFREG | 0644, 0));
  show("missing directory", mknod("no/f", S_IFREG | 0644, 0));
  show("mknodat", mknodat(must("open", open(".", O_RDONLY)), "at", S_IFIFO | 0600, 0));
  kind("at");
  return 0;
}
