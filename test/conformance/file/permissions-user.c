/* file: an ordinary user meets the permission bits: owner, group, others, search and write on directories.
 *
 * path_resolution(7), "Permissions".
 */
// as: user
#include "case.h"

int main(void) {
  struct stat info;
  must("mkdir", mkdir("d", 0755));
  make_file("d/f", "text");
  must("chmod", chmod("d/f", 0000));
  show("read mode 000", open("d/f", O_RDONLY));
  show("stat mode 000", stat("d/f", &info));
  must("chmod", chmod("d/f", 0077));
  show("owner bits win over others", open("d/f", O_RDONLY));
  must("chmod", chmod("d/f", 0400));
  show_ok("read mode 400", open("d/f", O_RDONLY));
  show("write mode 400", open("d/f", O_WRONLY));
  show("truncate mode 400", truncate("d/f", 0));
  must("chmod", chmod("d", 0600));
  show("no search: stat", stat("d/f", &info));
  show("no search: open", open("d/f", O_RDONLY));
  show("no search: chdir", chdir("d"));
  show_ok("but it lists", open("d", O_RDONLY | O_DIRECTORY));
  must("chmod", chmod("d", 0500));
  show("no write: create", open("d/new", O_CREAT | O_RDWR, 0644));
  show("no write: unlink", unlink("d/f"));
  show("no write: rename", rename("d/f", "f"));
  show("no write: mkdir", mkdir("d/x", 0755));
  show("no write: open existing with O_CREAT", open("d/f", O_CREAT | O_RDONLY, 0644) >= 0 ? 0 : -1);
  must("chmod", chmod("d", 0300));
  show("no read: list", open("d", O_RDONLY));
  show_ok("no read: open by name", open("d/f", O_RDONLY));
  must("chmod", chmod("d", 0700));
  show("chown to root", chown("d/f", 0, -1));
  show("chown to oneself", chown("d/f", geteuid(), -1));
  show("chmod of somebody else's file", chmod("/dev/null", 0666));
  show("write of somebody else's file", open("/etc/passwd", O_WRONLY));
  show("write /dev/null", write(must("open", open("/dev/null", O_WRONLY)), "x", 1));
  show("mknod of a device", mknod("dev", S_IFCHR | 0666, 0x103));
  show("chroot", chroot("."));
  show("mkfifo is allowed", mkfifo("fifo", 0644));
  return 0;
}
