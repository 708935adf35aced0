/* file: new entries of a set-group-ID directory take its group, and directories its bit.
 *
 * inode(7), S_ISGID.
 */
#include "case.h"

static void print(const char *path) {
  struct stat info;
  must("lstat", lstat(path, &info));
  say("%s: mode %o, group %d", path, info.st_mode, info.st_gid);
}

int main(void) {
  must("mkdir", mkdir("d", 0755));
  must("chown", chown("d", -1, 4000)), must("chmod", chmod("d", 02777)), must("chmod", chmod(".", 0755));
  print("d");
  make_file("d/file", "");
  must("mkdir", mkdir("d/dir", 0755)), must("symlink", symlink("x", "d/link")), must("mkfifo", mkfifo("d/fifo", 0644));
  print("d/file"), print("d/dir"), print("d/link"), print("d/fifo");
  must("mkdir", mkdir("d/dir/deeper", 0755));
  print("d/dir/deeper");
  pid_t child = spawn();
  if (child == 0) {
    must("setresgid", setresgid(1000, 1000, 1000)), must("setresuid", setresuid(1000, 1000, 1000));
    close(must("open", open("d/user", O_CREAT | O_RDWR, 02755)));
    print("d/user");
    must("chmod", chmod("d/user", 02755));
    print("d/user");
    _exit(0);
  }
  reap("child", child);
  return 0;
}
