/* namespace: what a less powerful namespace got from one with more power stays covered, together and as it was.
 *
 * mount_namespaces(7), "Restrictions on mount namespaces"; mount(2), umount2(2), pivot_root(2).
 */
#include "case.h"

#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

static void show_options(const char *path) {
  static char text[65536];
  char name[300];
  must("getcwd", getcwd(name, 200) ? 0 : -1);
  strcat(name, "/");
  strcat(name, path);
  slurp("/proc/self/mountinfo", text, sizeof text);
  char point[300], options[200], *line = strtok(text, "\n");
  for (; line; line = strtok(NULL, "\n"))
    if (sscanf(line, "%*d %*d %*s %*s %299s %199s", point, options) == 2 && !strcmp(point, name)) say("%s: %s", path, options);
}

static int bind_flags(const char *path, unsigned long flags) { return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL); }

static void flags(void) {
  must("tmpfs", mount("t", "a", "tmpfs", MS_NOSUID, NULL));
  show_options("a");
  const struct { const char *name; unsigned long flags; } sets[] = {
    { "ro", MS_RDONLY }, { "nodev noexec", MS_NODEV | MS_NOEXEC }, { "noatime", MS_NOATIME }, { "nothing said of times", 0 },
    { "strictatime", MS_STRICTATIME }, { "nodiratime", MS_NODIRATIME }, { "relatime", MS_RELATIME }, { "nosymfollow", MS_NOSYMFOLLOW },
  };
  for (size_t i = 0; i < COUNT(sets); i++) {
    show(sets[i].name, bind_flags("a", sets[i].flags));
    show_options("a");
  }
  make_file("a/file", "x");
  must("symlink", symlink("file", "a/link"));
  show("open a link", open("a/link", O_RDONLY));
  show("through nosymfollow", access("a/link", F_OK));
  char target[16];
  show("readlink", readlink("a/link", target, sizeof target));
  struct statvfs status;
  must("statvfs", statvfs("a", &status));
  show("statvfs tells", (status.f_flag & 0x2000) != 0);
  bind_flags("a", MS_RDONLY);
  must("mkdir", mkdir("again", 0755));
  must("bind", mount("a", "again", NULL, MS_BIND, NULL));
  show_options("again");
  bind_flags("again", 0);
  int fd = show_ok("write through another mount", open("again/file", O_WRONLY));
  show("MNT_EXPIRE in use", umount2("again", MNT_EXPIRE));
  close(fd);
  show("write where it is read only", open("a/file", O_WRONLY));
  show("MNT_EXPIRE", umount2("again", MNT_EXPIRE));
  show("MNT_EXPIRE with MNT_DETACH", umount2("again", MNT_EXPIRE | MNT_DETACH));
  show("MNT_EXPIRE again", umount2("again", MNT_EXPIRE));
  show("unknown flag", umount2("a", 64));
  show("umount", umount("a"));
}

static void locked(void) {
  must("tmpfs", mount("t", "a", "tmpfs", 0, NULL));
  must("mkdir", mkdir("a/covered", 0755));
  make_file("a/covered/secret", "x");
  must("tmpfs", mount("t", "a/covered", "tmpfs", 0, NULL));
  must("flags", bind_flags("a/covered", MS_RDONLY | MS_NODEV | MS_NOATIME));
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
    must("uid_map", write_text("/proc/self/uid_map", "0 0 1"));
    show("umount", umount("a/covered"));
    show("detach", umount2("a/covered", MNT_DETACH));
    show("umount of the whole", umount("a"));
    show("make it writable", bind_flags("a/covered", MS_NODEV | MS_NOATIME));
    show("allow devices", bind_flags("a/covered", MS_RDONLY | MS_NOATIME));
    show("other times", bind_flags("a/covered", MS_RDONLY | MS_NODEV | MS_RELATIME));
    show("more flags", bind_flags("a/covered", MS_RDONLY | MS_NODEV | MS_NOATIME | MS_NOEXEC));
    show("remount of the filesystem", mount(NULL, "a", NULL, MS_REMOUNT, NULL));
    must("mkdir", mkdir("b", 0755));
    show("bind of the part", mount("a", "b", NULL, MS_BIND, NULL));
    show("bind of all", mount("a", "b", NULL, MS_BIND | MS_REC, NULL));
    show("umount of the part", umount("b/covered"));
    show("move", mount("a/covered", "b", NULL, MS_MOVE, NULL));
    show("umount of the own tree", umount2("b", MNT_DETACH));
    show("remount of a bind with a clean slate", bind_flags("b", 0));
    _exit(0);
  }
  reap("child", child);
  child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
    must("unshare", unshare(CLONE_NEWNS));
    must("uid_map", write_text("/proc/self/uid_map", "0 0 1"));
    show("umount in a copy of the copy", umount("a/covered"));
    must("mkdir", mkdir("a/own", 0755));
    must("tmpfs", mount("t", "a/own", "tmpfs", 0, NULL));
    show("the own one", umount("a/own"));
    _exit(0);
  }
  reap("child", child);
  umount2("a", MNT_DETACH);
}

static void pivot(void) {
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWNS));
    must("tmpfs", mount("t", "a", "tmpfs", 0, NULL));
    must("mkdir", mkdir("a/old", 0755));
    must("mkdir", mkdir("a/dir", 0755));
    show("not a mount point", syscall(SYS_pivot_root, "a/dir", "a/dir"));
    show("put_old is not below", syscall(SYS_pivot_root, "a", "."));
    must("shared", mount(NULL, "a", NULL, MS_SHARED, NULL));
    show("onto a shared mount", syscall(SYS_pivot_root, "a", "a/old"));
    must("private", mount(NULL, "a", NULL, MS_PRIVATE, NULL));
    must("chdir", chdir("a"));
    show("pivot_root", syscall(SYS_pivot_root, ".", "old"));
    check("the new root", access("/dir", F_OK) == 0);
    check("the old one", access("/old/proc", F_OK) == 0);
    show("detach", umount2("/old", MNT_DETACH));
    check("gone", access("/old/proc", F_OK) != 0);
    _exit(0);
  }
  reap("child", child);
  child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWNS));
    must("tmpfs", mount("t", "a", "tmpfs", 0, NULL));
    must("mkdir", mkdir("a/dir", 0755));
    must("chdir", chdir("a"));
    show("pivot_root onto itself", syscall(SYS_pivot_root, ".", "."));
    show("detach what lies on top", umount2(".", MNT_DETACH));
    must("chdir", chdir("/"));
    check("the new root", access("/dir", F_OK) == 0);
    _exit(0);
  }
  reap("child", child);
}

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
  must("mkdir", mkdir("a", 0755));
  flags();
  locked();
  pivot();
  return 0;
}
