/* namespace: open_tree_attr changes what it opens, a clone or the mount itself, or opens nothing.
 *
 * open_tree(2), mount_setattr(2). Since Linux 6.15.
 */
#include "case.h"

#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

enum { OPEN_TREE_ATTR = 467, RECURSIVE = 0x8000, EMPTY = 0x1000 };

/* What of the mount that a descriptor shows is read only or without devices. */
static void show_flags(const char *what, int fd) {
  struct statvfs status;
  must("fstatvfs", fstatvfs(fd, &status));
  say("%s:%s%s", what, status.f_flag & ST_RDONLY ? " ro" : "", status.f_flag & 4 ? " nodev" : "");
}

static int open_tree_attr(int dirfd, const char *path, unsigned flags, const struct mount_attr *attr, size_t size) {
  return (int)syscall(OPEN_TREE_ATTR, dirfd, path, flags, attr, size);
}

static int changing(const char *path, unsigned flags, uint64_t set, uint64_t clear) {
  struct mount_attr attr = { .attr_set = set, .attr_clr = clear };
  return open_tree_attr(AT_FDCWD, path, flags, &attr, sizeof attr);
}

static int next_descriptor(void) {
  int fd = dup(0);
  close(fd);
  return fd;
}

static void clones(void) {
  int clone = show_ok("a clone, read only", changing("a", OPEN_TREE_CLONE, MOUNT_ATTR_RDONLY, 0));
  show_flags("the clone", clone);
  int one = open("a", O_RDONLY);
  show_flags("the mount", one);
  close(one);
  int below = open("a/below", O_RDONLY);
  show_flags("what is below", below);
  close(below);
  close(clone);
  clone = show_ok("with all below", changing("a", OPEN_TREE_CLONE | RECURSIVE, MOUNT_ATTR_RDONLY, 0));
  int inside = show_ok("below the clone", openat(clone, "below", O_RDONLY));
  show_flags("below the clone", inside);
  close(inside);
  inside = show_ok("once more", openat(clone, "below", O_RDONLY));
  close(inside);
  int second = show_ok("the clone itself, once more", open_tree_attr(clone, "", EMPTY,
    &(struct mount_attr){ .attr_set = MOUNT_ATTR_NODEV, .attr_clr = MOUNT_ATTR_RDONLY }, sizeof(struct mount_attr)));
  show_flags("the clone", clone);
  close(second);
  close(clone);
  clone = show_ok("close on exec", changing("a", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC, MOUNT_ATTR_NODEV, 0));
  show("its descriptor flags", fcntl(clone, F_GETFD));
  close(clone);
  show("what it was a clone of", mkdir("a/below/dir", 0755));
}

static void mounts(void) {
  int fd = show_ok("the mount itself", changing("a", 0, MOUNT_ATTR_RDONLY, 0));
  show_flags("the mount", fd);
  show("create in it", mkdir("a/new", 0755));
  close(fd);
  fd = show_ok("back", changing("a", 0, 0, MOUNT_ATTR_RDONLY));
  show_flags("the mount", fd);
  close(fd);
  show("recursive without a clone", changing("a", RECURSIVE, MOUNT_ATTR_RDONLY, 0));
  show("not a mount", changing("a/dir", 0, MOUNT_ATTR_RDONLY, 0));
  fd = show_ok("a clone of a directory", changing("a/dir", OPEN_TREE_CLONE, MOUNT_ATTR_RDONLY, 0));
  show_flags("it", fd);
  close(fd);
}

static void refusals(void) {
  int before = next_descriptor();
  struct { struct mount_attr attr; char more[8]; } large = { { .attr_set = MOUNT_ATTR_RDONLY }, { 0 } };
  show("no attributes, a size", open_tree_attr(AT_FDCWD, "a", 0, NULL, sizeof(struct mount_attr)));
  show("too small", open_tree_attr(AT_FDCWD, "a", OPEN_TREE_CLONE, &large.attr, sizeof(struct mount_attr) - 1));
  show("no size", open_tree_attr(AT_FDCWD, "a", OPEN_TREE_CLONE, &large.attr, 0));
  show("too large", open_tree_attr(AT_FDCWD, "a", OPEN_TREE_CLONE, &large.attr, 5000));
  show("out of bounds", open_tree_attr(AT_FDCWD, "a", OPEN_TREE_CLONE, (void *)8, sizeof(struct mount_attr)));
  large.more[3] = 1;
  show("more that is not zero", open_tree_attr(AT_FDCWD, "a", OPEN_TREE_CLONE, &large.attr, sizeof large));
  show("unknown attribute", changing("a", OPEN_TREE_CLONE, 1 << 12, 0));
  show("unknown flag", changing("a", 2, MOUNT_ATTR_RDONLY, 0));
  show("not there, bad attributes", changing("none", OPEN_TREE_CLONE, 1 << 12, 0));
  check("no descriptor stays", next_descriptor() == before);
  large.more[3] = 0;
  int fd = show_ok("larger, of zeros", open_tree_attr(AT_FDCWD, "a", OPEN_TREE_CLONE, &large.attr, sizeof large));
  close(fd);
  fd = show_ok("nothing to change", changing("a/dir", 0, 0, 0));
  close(fd);
  fd = show_ok("no attributes", open_tree_attr(AT_FDCWD, "a", 0, NULL, 0));
  close(fd);
}

/* Flags from a namespace with more power stay; a clone that would lose them is not made. */
static void locked(void) {
  must("flags", mount(NULL, "a/below", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
    must("uid_map", write_text("/proc/self/uid_map", "0 0 1"));
    int before = next_descriptor();
    show("a writable clone", changing("a/below", OPEN_TREE_CLONE, 0, MOUNT_ATTR_RDONLY));
    show("all, writable", changing("a", OPEN_TREE_CLONE | RECURSIVE, 0, MOUNT_ATTR_RDONLY));
    show("the mount itself, writable", changing("a/below", 0, 0, MOUNT_ATTR_RDONLY));
    check("no descriptor stays", next_descriptor() == before);
    int fd = show_ok("without devices", changing("a/below", OPEN_TREE_CLONE, MOUNT_ATTR_NODEV, 0));
    show_flags("it", fd);
    _exit(0);
  }
  reap("child", child);
}

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
  must("mkdir", mkdir("a", 0755));
  must("tmpfs", mount("t", "a", "tmpfs", 0, NULL));
  must("mkdir", mkdir("a/below", 0755));
  must("mkdir", mkdir("a/dir", 0755));
  must("tmpfs", mount("t", "a/below", "tmpfs", 0, NULL));
  clones();
  mounts();
  refusals();
  locked();
  umount2("a", MNT_DETACH);
  return 0;
}
