/* file: chmod and chown set what they say and clear set-user-ID and set-group-ID where due.
 *
 * chmod(2), chown(2).
 */
#include "case.h"

static void print(const char *name, const char *path) {
  struct stat info;
  must("lstat", lstat(path, &info));
  say("%s: mode %o, owner %d:%d", name, info.st_mode, info.st_uid, info.st_gid);
}

int main(void) {
  make_file("f", "text");
  must("mkdir", mkdir("d", 0755));
  must("symlink", symlink("f", "l"));
  show("chmod 07777", chmod("f", 07777));
  print("file", "f");
  show("chown as root", chown("f", 1000, 2000));
  print("set-id bits are cleared", "f");
  must("chmod", chmod("f", 06755));
  show("chown -1 -1", chown("f", -1, -1));
  print("even then", "f");
  must("chmod", chmod("f", 02644));
  show("chown", chown("f", 1001, -1));
  print("set-group-ID without group execute stays", "f");
  must("chmod", chmod("d", 06755)), must("chown", chown("d", 7, 8));
  print("directories keep them", "d");
  show("lchown", lchown("l", 5, 6));
  print("link", "l"), print("its target", "f");
  must("chmod", chmod("f", 06777)), must("chmod", chmod(".", 0755));
  pid_t child = spawn();
  if (child == 0) {
    int fd = must("open", open("f", O_RDWR));
    must("setresgid", setresgid(2000, 2000, 2000)), must("setresuid", setresuid(1001, 1001, 1001));
    show("a write by an ordinary user", write(fd, "x", 1));
    print("clears them", "f");
    show("owner chmods", chmod("f", 06777));
    print("set", "f");
    show("owner chowns to a group he is in", chown("f", -1, 2000));
    show("owner chowns to another group", chown("f", -1, 3000));
    show("owner gives it away", chown("f", 1002, -1));
    _exit(0);
  }
  reap("child", child);
  show("fchmodat of a link", fchmodat(AT_FDCWD, "l", 0600, 0));
  print("changes the target", "f");
  show("fchown closed", fchown(99, 0, 0));
  show("chmod missing", chmod("missing", 0));
  show("fchownat unknown flag", fchownat(AT_FDCWD, "f", 0, 0, 1));
  return 0;
}
