/* Mounts SOURCE on TARGET with the ids of MAP, "INSIDE OUTSIDE COUNT" (mount_setattr(2), MOUNT_ATTR_IDMAP), as the host's own Linux
 * does it: what a container sees there is what an ID-mapped mount of ours must show. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void write_map(pid_t child, const char *name, const char *map) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", child, name);
  int fd = open(path, O_WRONLY);
  if (fd < 0 || write(fd, map, strlen(map)) < 0) fail(path);
  close(fd);
}

int main(int argc, char **argv) {
  char path[64];
  if (argc != 4) return 2;
  pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWUSER) < 0) fail("unshare");
    raise(SIGSTOP);
    _exit(0);
  }
  int status;
  if (waitpid(child, &status, WUNTRACED) < 0 || !WIFSTOPPED(status)) return 1;
  write_map(child, "uid_map", argv[3]);
  write_map(child, "gid_map", argv[3]);
  snprintf(path, sizeof path, "/proc/%d/ns/user", child);
  int users = open(path, O_RDONLY);
  kill(child, SIGKILL);
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, argv[1], OPEN_TREE_CLONE);
  struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)users };
  if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof attr) < 0) fail("mount_setattr");
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], MOVE_MOUNT_F_EMPTY_PATH) < 0) fail("move_mount");
  return 0;
}
