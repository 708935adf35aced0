/* namespace: a proc file system shows the pid namespace that it was mounted in.
 *
 * pid_namespaces(7), "/proc and PID namespaces"; namespaces(7), setns(2), ioctl_nsfs(2).
 */
#include "case.h"

#include <dirent.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

static ino_t inode_of(const char *path) {
  struct stat status;
  return stat(path, &status) < 0 ? 0 : status.st_ino;
}

static void list(const char *name, const char *path) {
  char line[512] = "";
  DIR *directory = opendir(path);
  if (!directory) { show(name, -1); return; }
  for (struct dirent *entry; (entry = readdir(directory));)
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
      strcat(line, " ");
      strcat(line, entry->d_name);
    }
  closedir(directory);
  say("%s:%s", name, line);
}

static void show_link(const char *name, const char *path) {
  char target[256];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) { show(name, -1); return; }
  target[length] = 0;
  say("%s: %s", name, target);
}

static void inside(void) {
  char buffer[8192];
  check("the old proc does not know our numbers", inode_of("/proc/self/ns/pid") != 0);
  must("private", mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
  must("mkdir", mkdir("proc", 0755));
  must("mount", mount("proc", "proc", "proc", 0, NULL));
  struct gate named = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    prctl(PR_SET_NAME, "second");
    gate_open(named);
    for (;;) pause();
  }
  gate_wait(named);
  list("processes", "proc");
  show_link("self", "proc/self");
  show_link("thread-self", "proc/thread-self");
  list("threads", "proc/1/task");
  slurp("proc/2/comm", buffer, sizeof buffer);
  check("comm of 2", strcmp(buffer, "second\n") == 0);
  int pid, ppid, pgrp, session;
  char state;
  slurp("proc/2/stat", buffer, sizeof buffer);
  sscanf(strrchr(buffer, ')'), ") %c %d %d %d", &state, &ppid, &pgrp, &session);
  sscanf(buffer, "%d", &pid);
  say("stat of 2: pid %d ppid %d pgrp %d session %d", pid, ppid, pgrp, session);
  slurp("proc/2/status", buffer, sizeof buffer);
  char *line = strstr(buffer, "NStgid:");
  say("status of 2: %.*s", (int)(strstr(line, "NSsid") - line - 1), line);
  show_link("no process 999", "proc/999/exe");
  /* A process of another proc that this one does not show. */
  pid_t inner = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
  if (inner == 0) {
    char status[8192];
    show("inner pid", getpid());
    show_link("self seen from above", "proc/self");
    slurp("proc/self/status", status, sizeof status);
    char *at = strstr(status, "NSpid:");
    say("status from above: %.*s", (int)(strchr(at, '\n') - at), at);
    must("mkdir", mkdir("inner", 0755));
    must("mount", mount("proc", "inner", "proc", 0, NULL));
    list("processes further in", "inner");
    show_link("self", "inner/self");
    show("umount", umount("inner"));
    _exit(0);
  }
  reap("inner", inner);
  show_link("self of a proc below", "proc/self");
  must("kill", kill(child, SIGKILL));
  reap("second", child);
  list("processes", "proc");
}

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  check("pid and pid_for_children", inode_of("/proc/self/ns/pid") == inode_of("/proc/self/ns/pid_for_children"));
  must("unshare", unshare(CLONE_NEWPID));
  show_link("pid_for_children without an init", "/proc/self/ns/pid_for_children");
  struct gate quit = gate_make(), seen = gate_make();
  pid_t init = spawn();
  if (init == 0) {
    inside();
    gate_open(seen);
    gate_wait(quit);
    _exit(0);
  }
  gate_wait(seen);
  check("for children is another one", inode_of("/proc/self/ns/pid") != inode_of("/proc/self/ns/pid_for_children"));
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/pid", init);
  check("it is the child's own", inode_of("/proc/self/ns/pid_for_children") == inode_of(path));
  int fd = must("open", open(path, O_RDONLY));
  show("NS_GET_NSTYPE", ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWPID);
  int parent = ioctl(fd, NS_GET_PARENT);
  struct stat status;
  must("fstat", fstat(parent, &status));
  check("NS_GET_PARENT", status.st_ino == inode_of("/proc/self/ns/pid"));
  show("NS_GET_PARENT of the outermost", ioctl(parent, NS_GET_PARENT) >= 0);
  int user = ioctl(fd, NS_GET_USERNS);
  must("fstat", fstat(user, &status));
  check("NS_GET_USERNS", status.st_ino == inode_of("/proc/self/ns/user"));
  show("NS_GET_OWNER_UID of a pid namespace", ioctl(fd, NS_GET_OWNER_UID, &(uid_t){ 0 }));
  show("setns with another type", setns(fd, CLONE_NEWNS));
  show("setns back", setns(parent, CLONE_NEWPID));
  pid_t child = spawn();
  if (child == 0) _exit(getpid() > 1 && getppid() > 1 ? 0 : 1);
  reap("a child outside", child);
  show("setns in", setns(fd, CLONE_NEWPID));
  child = spawn();
  if (child == 0) {
    check("a number of the namespace", getpid() > 1 && getpid() < 20);
    show("a parent outside", getppid());
    show("setns upwards", setns(parent, CLONE_NEWPID));
    show("setns to the own", setns(fd, CLONE_NEWPID));
    _exit(0);
  }
  reap("a child inside", child);
  gate_open(quit);
  reap("init", init);
  return 0;
}
