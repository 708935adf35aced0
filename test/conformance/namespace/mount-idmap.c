/* namespace: a mount with ids of a user namespace shows, checks and keeps owners through its maps.
 *
 * mount_setattr(2), "ID-mapped mounts"; open_tree(2). tmpfs takes part since Linux 6.3.
 */
#include "case.h"

#include <linux/mount.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

enum { RECURSIVE = 0x8000, EMPTY = 0x1000, ADA = 1000, SHIFT = 10000 };

/* A user namespace with these maps, by a descriptor; "" leaves one unwritten. */
static int namespace_of(const char *uids, const char *gids) {
  char path[64];
  int hold[2];
  must("pipe", pipe(hold));
  pid_t child = spawn();
  if (child == 0) {
    char byte;
    close(hold[1]);
    must("unshare", unshare(CLONE_NEWUSER));
    kill(getpid(), SIGSTOP);
    _exit(read(hold[0], &byte, 1) != 0);
  }
  must("waitpid", waitpid(child, NULL, WUNTRACED));
  kill(child, SIGCONT);
  snprintf(path, sizeof path, "/proc/%d/uid_map", child);
  if (*uids) must("uid_map", write_text(path, uids));
  snprintf(path, sizeof path, "/proc/%d/gid_map", child);
  if (*gids) must("gid_map", write_text(path, gids));
  snprintf(path, sizeof path, "/proc/%d/ns/user", child);
  int fd = must("open", open(path, O_RDONLY | O_CLOEXEC));
  close(hold[0]);
  close(hold[1]);
  waitpid(child, NULL, 0);
  return fd;
}

static int idmap(int tree, int users, unsigned flags) {
  struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)users };
  return mount_setattr(tree, "", EMPTY | flags, &attr, sizeof attr);
}

static int clone_of(const char *path, unsigned flags) {
  return must("open_tree", (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags));
}

static int attach(int tree, const char *path) {
  return (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

static void owner(const char *path) {
  struct stat status;
  struct statx more;
  if (lstat(path, &status) < 0) {
    show(path, -1);
    return;
  }
  must("statx", statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &more));
  check("stat and statx agree", status.st_uid == more.stx_uid && status.st_gid == more.stx_gid);
  say("%s: %u:%u %o", path, status.st_uid, status.st_gid, status.st_mode & 07777);
}

/* As somebody without powers. */
static pid_t as(uid_t uid, gid_t gid) {
  pid_t child = spawn();
  if (child != 0) return child;
  must("setgroups", syscall(SYS_setgroups, 0, NULL));
  must("setresgid", setresgid(gid, gid, gid));
  must("setresuid", setresuid(uid, uid, uid));
  return 0;
}

static void attaching(int users) {
  int tree = clone_of("a", 0);
  int none = namespace_of("", "");
  show("a namespace without maps", idmap(tree, none, 0));
  int own = must("open", open("/proc/self/ns/user", O_RDONLY));
  int uts = must("open", open("/proc/self/ns/uts", O_RDONLY));
  int file = must("open", open("/dev/null", O_RDONLY));
  show("the first user namespace", idmap(tree, own, 0));
  show("another kind of namespace", idmap(tree, uts, 0));
  show("no namespace", idmap(tree, file, 0));
  show("no descriptor", idmap(tree, 999, 0));
  show("no number of a descriptor", idmap(tree, -1, 0));
  struct mount_attr clear = { .attr_clr = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)users };
  show("taken off", mount_setattr(tree, "", EMPTY, &clear, sizeof clear));
  struct mount_attr both = { .attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY, .userns_fd = (uint64_t)users };
  show("what is mounted already", mount_setattr(AT_FDCWD, "a", 0, &both, sizeof both));
  show("which stayed writable", mkdir("a/d", 0755));
  int below = clone_of("a/dir", 0);
  show("a directory of it", idmap(below, users, 0));
  close(below);
  int processes = clone_of("/proc", 0);
  show("proc", idmap(processes, users, 0));
  close(processes);
  show("the first time", idmap(tree, users, 0));
  show("once more", idmap(tree, users, 0));
  show("a flag besides", mount_setattr(tree, "", EMPTY, &(struct mount_attr){ .attr_set = MOUNT_ATTR_NODEV }, sizeof both));
  show("attached", attach(tree, "b"));
  show("mapped when it is attached", idmap(tree, users, 0));
  int copy = clone_of("b", 0);
  show("its clone", idmap(copy, users, 0));
  close(copy);
  int replaced = show_ok("a clone with other maps", (int)syscall(467, AT_FDCWD, "b", OPEN_TREE_CLONE,
    &(struct mount_attr){ .attr_set = MOUNT_ATTR_IDMAP, .attr_clr = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)users }, sizeof both));
  close(replaced);
  int plain = show_ok("a clone without maps", (int)syscall(467, AT_FDCWD, "b", OPEN_TREE_CLONE, &clear, sizeof clear));
  struct stat status;
  must("fstat", fstat(plain, &status));
  say("its owner: %u", status.st_uid);
  close(plain);
  close(tree);
  for (int fds[] = { none, own, uts, file }, i = 0; i < 4; i++) close(fds[i]);
}

static void showing(void) {
  char line[4096];
  owner("b");
  owner("b/root");
  owner("b/ada");
  owner("b/far");
  owner("b/link");
  owner("a/root");
  FILE *mounts = fopen("/proc/self/mountinfo", "r");
  while (fgets(line, sizeof line, mounts))
    if (strstr(line, "/b ")) say("idmapped: %s", strstr(line, ",idmapped") ? "yes" : "no");
  fclose(mounts);
  int fd = must("open", open("b/ada", O_RDONLY));
  struct stat status;
  must("fstat", fstat(fd, &status));
  say("of a descriptor: %u", status.st_uid);
  close(fd);
}

static void checking(void) {
  pid_t child = as(SHIFT + ADA, SHIFT + ADA);
  if (child == 0) {
    show("read the own file", access("b/ada", R_OK | W_OK));
    show("read it where it is somebody else's", access("a/ada", R_OK));
    show("read root's", access("b/root", R_OK));
    show_ok("open the own file", open("b/ada", O_RDWR));
    show("change its mode", chmod("b/ada", 0640));
    show("change its mode elsewhere", chmod("a/ada", 0600));
    show("times of the own file", utimensat(AT_FDCWD, "b/ada", NULL, 0));
    show("give it away", chown("b/ada", SHIFT, -1));
    show("to the own group", chown("b/ada", -1, SHIFT + ADA));
    show("an attribute", setxattr("b/ada", "user.a", "1", 1, 0));
    show("create", mkdir("b/open/mine", 0755));
    show("remove the own name", rmdir("b/open/mine"));
    show("create where one is not the owner", mkdir("b/dir/mine", 0755));
    show("in a sticky directory, somebody else's", unlink("b/sticky/root"));
    show("in a sticky directory, the own", unlink("b/sticky/ada"));
    show("a link to the own file", link("b/ada", "b/open/ada"));
    show("moved", rename("b/open/ada", "b/open/moved"));
    show_ok("watched", inotify_add_watch(inotify_init(), "b/ada", IN_OPEN));
    must("chdir", chdir("b"));
    show("a private directory", chdir("private"));
    _exit(0);
  }
  reap("somebody of the mount", child);
  child = as(ADA, ADA);
  if (child == 0) {
    show("read a file that is one's own elsewhere", access("b/ada", R_OK));
    show("create without an id in the maps", mkdir("b/open/new", 0755));
    show_ok("a file", open("b/open/new", O_CREAT | O_WRONLY, 0644));
    show("a link", symlink("x", "b/open/new"));
    show("a file that is there", access("b/open/moved", F_OK));
    _exit(0);
  }
  reap("somebody without an id", child);
  owner("b/open/moved");
  owner("a/open/moved");
}

static void keeping(void) {
  show("root creates without an id in the maps", mkdir("b/new", 0755));
  pid_t child = as(SHIFT, SHIFT);
  if (child == 0) {
    must("umask", (int)umask(0) & 0);
    show("mkdir", mkdir("b/new", 0755));
    show("mknod", mknod("b/fifo", S_IFIFO | 0644, 0));
    show_ok("open", open("b/file", O_CREAT | O_WRONLY, 0644));
    show_ok("nameless", open("b", O_TMPFILE | O_WRONLY, 0644));
    show("symlink", symlink("x", "b/symlink"));
    show("link", link("b/file", "b/hard"));
    show("in a set-group-ID directory", mkdir("b/setgid/new", 0755));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = { AF_UNIX, "b/socket" };
    show("bind", bind(fd, (struct sockaddr *)&name, sizeof name));
    _exit(0);
  }
  reap("the mount's root", child);
  static const char *names[] = { "new", "fifo", "file", "symlink", "hard", "setgid/new", "socket" };
  for (size_t i = 0; i < COUNT(names); i++) {
    char path[64];
    snprintf(path, sizeof path, "b/%s", names[i]);
    owner(path);
    path[0] = 'a';
    owner(path);
  }
  show("chown to an id of the maps", chown("b/file", SHIFT + 5, SHIFT + 6));
  owner("a/file");
  show("chown to one that is not", chown("b/file", 5, -1));
  show("a group that is not", chown("b/file", -1, 5));
  show("at the mount that has no maps", chown("a/file", 7, 8));
  owner("b/file");
}

/* What no id of the maps owns is nobody's: it is shown so, and may be changed by none. */
static void unmapped(void) {
  show_ok("read", open("b/far", O_RDONLY));
  show_ok("write", open("b/far", O_WRONLY));
  show("write it, says access", access("b/far", W_OK));
  show("chmod", chmod("b/far", 0600));
  show("times", utimensat(AT_FDCWD, "b/far", NULL, 0));
  show("truncate", truncate("b/far", 0));
  show("a group alone", chown("b/far", -1, SHIFT));
  show("unlink", unlink("b/far"));
  show("rename", rename("b/far", "b/near"));
  show("link", link("b/far", "b/near"));
  show("an attribute", setxattr("b/far", "user.a", "1", 1, 0));
  show("an owner and a group", chown("b/far", SHIFT, SHIFT));
  owner("a/far");
}

static void executing(const char *self) {
  char command[256];
  snprintf(command, sizeof command, "cp '%s' a/tool", self);
  must("cp", system(command));
  must("chown", chown("a/tool", ADA, ADA));
  must("chmod", chmod("a/tool", 06755));
  pid_t child = as(5, 5);
  if (child == 0) {
    execl("b/tool", "tool", "ids", NULL);
    _exit(99);
  }
  reap("a set-user-ID program", child);
  must("chown", chown("a/tool", 70000, 70000));
  must("chmod", chmod("a/tool", 06755));
  child = as(5, 5);
  if (child == 0) {
    execl("b/tool", "tool", "ids", NULL);
    _exit(99);
  }
  reap("one of an owner without an id", child);
}

/* What statmount tells of the maps: "INSIDE OUTSIDE COUNT" each, as the caller may name them. */
static void asking(const char *path) {
  static char answer[4096];
  struct { uint32_t size, spare; uint64_t id, param; } request = { 24, 0, 0, 0x2 | 0x2000 | 0x4000 };
  struct statx info;
  must("statx", statx(AT_FDCWD, path, 0, 0x4000, &info));
  request.id = info.stx_mnt_id;
  uint32_t *halves = (uint32_t *)answer;
  if (show("statmount", (int)syscall(457, &request, answer, sizeof answer, 0)) < 0) return;
  say("mask %#x, ids %d", halves[2], (halves[16] & MOUNT_ATTR_IDMAP) != 0);
  for (int kind = 0; kind < 2; kind++) {
    const char *line = answer + 512 + halves[39 + 2 * kind];
    say("%s: %u", kind ? "groups" : "users", halves[38 + 2 * kind]);
    for (uint32_t i = 0; i < halves[38 + 2 * kind]; i++, line += strlen(line) + 1) say("%s", line);
  }
}

/* Two ranges, other ones for groups; what is below; a bind mount keeps them; a namespace's copy too. */
static void trees(void) {
  int users = namespace_of("0 20000 1000\n1000 30000 1", "0 40000 1\n1000 50000 100");
  int tree = clone_of("a", RECURSIVE);
  show("all of a tree", idmap(tree, users, RECURSIVE));
  show("attached", attach(tree, "c"));
  owner("c/ada");
  owner("c/below");
  owner("c/root");
  must("bind", mount("c/below", "d", NULL, MS_BIND, NULL));
  owner("d");
  must("remount", mount(NULL, "d", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
  owner("d");
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWNS));
    owner("d");
    owner("c/ada");
    _exit(0);
  }
  reap("another mount namespace", child);
  asking("c");
  asking("a");
  child = spawn();
  if (child == 0) {
    must("setns", setns(namespace_of("0 20000 500\n500 30000 1", "7 40000 1"), CLONE_NEWUSER));
    asking("c");
    _exit(0);
  }
  reap("in a user namespace that knows but some of them", child);
  close(tree);
  tree = clone_of("a", RECURSIVE);
  must("proc", mount("p", "a/below", "proc", 0, NULL));
  close(tree);
  tree = clone_of("a", RECURSIVE);
  show("a tree with something that has no maps", idmap(tree, users, RECURSIVE));
  struct stat status;
  must("fstatat", fstatat(tree, "ada", &status, 0));
  say("nothing was mapped: %u", status.st_uid);
  close(tree);
  must("umount", umount2("a/below", MNT_DETACH));
}

/* In a user namespace: what was mounted there may be mapped there, what came from above may not. */
static void nested(int users) {
  int around = namespace_of("0 0 60000", "0 0 60000");
  pid_t child = spawn();
  if (child == 0) {
    must("setns", setns(around, CLONE_NEWUSER));
    must("unshare", unshare(CLONE_NEWNS));
    must("tmpfs", mount("t", "e", "tmpfs", 0, NULL));
    int inner = namespace_of("0 100 10", "0 200 10");
    int tree = clone_of("a", RECURSIVE);
    show("a filesystem of the first namespace", idmap(tree, inner, RECURSIVE));
    close(tree);
    tree = clone_of("e", 0);
    show("with the filesystem's own namespace", idmap(tree, around, 0));
    show("with one that is not below", idmap(tree, users, 0));
    show("with one below", idmap(tree, inner, 0));
    show("attached", attach(tree, "d"));
    owner("d");
    owner("e");
    show("create without an id in the maps", mkdir("d/new", 0755));
    must("mode", chmod("e", 0777));
    setfsgid(204);
    setfsuid(103);
    show("create", mkdir("d/new", 0755));
    owner("d/new");
    owner("e/new");
    _exit(0);
  }
  reap("a user namespace's root", child);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    say("effective: %u:%u", geteuid(), getegid());
    return 0;
  }
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
  for (const char *name = "abcde"; *name; name++) {
    char path[2] = { *name, 0 };
    must("mkdir", mkdir(path, 0755));
  }
  must("tmpfs", mount("t", "a", "tmpfs", 0, NULL));
  must("mode", chmod("a", 0755));
  static const struct { const char *path; uid_t owner; mode_t mode; } files[] = {
    { "a/root", 0, 0600 }, { "a/ada", ADA, 0600 }, { "a/far", 70000, 0666 },
  };
  for (size_t i = 0; i < COUNT(files); i++) {
    make_file(files[i].path, "x");
    must("chown", chown(files[i].path, files[i].owner, files[i].owner));
    must("chmod", chmod(files[i].path, files[i].mode));
  }
  static const struct { const char *path; uid_t owner; mode_t mode; } directories[] = {
    { "a/dir", 0, 0755 }, { "a/open", 0, 0777 }, { "a/sticky", 0, 01777 },
    { "a/private", ADA, 0700 }, { "a/setgid", ADA, 02777 }, { "a/below", 0, 0755 },
  };
  for (size_t i = 0; i < COUNT(directories); i++) {
    must("mkdir", mkdir(directories[i].path, 0755));
    must("chown", chown(directories[i].path, directories[i].owner, directories[i].owner));
    must("chmod", chmod(directories[i].path, directories[i].mode));
  }
  must("symlink", symlink("x", "a/link"));
  make_file("a/sticky/root", "x");
  make_file("a/sticky/ada", "x");
  must("chown", chown("a/sticky/ada", ADA, ADA));
  must("tmpfs", mount("t", "a/below", "tmpfs", 0, NULL));
  must("chown", chown("a/below", ADA, ADA));
  int users = namespace_of("0 10000 2000", "0 10000 2000");
  attaching(users);
  showing();
  checking();
  keeping();
  unmapped();
  executing(argv[0]);
  trees();
  nested(users);
  for (const char *name = "dcba"; *name; name++) {
    char path[2] = { *name, 0 };
    umount2(path, MNT_DETACH);
  }
  return 0;
}
