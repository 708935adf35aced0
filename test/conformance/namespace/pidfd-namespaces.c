/* namespace: a pidfd gives the namespaces of its process, and fdinfo the numbers that it has.
 *
 * ioctl_pidfd(2), pidfd_open(2), setns(2), proc_pid_fdinfo(5).
 */
#include "case.h"

#include <sys/ioctl.h>

static void show_info(const char *name, int fd) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  slurp(path, text, sizeof text);
  char *pid = strstr(text, "Pid:"), *all = strstr(text, "NSpid:");
  if (!pid || !all) { say("%s: nothing", name); return; }
  int outer = -7, inner = -7, count = sscanf(all, "NSpid: %d %d", &outer, &inner);
  say("%s: %s, %d numbers, inner %d", name, atoi(pid + 4) == outer ? "the first is the one here" : "another", count, inner);
}

int main(void) {
  struct gate quit = gate_make(), named = gate_make();
  pid_t child = must("clone", syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0));
  if (child == 0) {
    sethostname("inside", 6);
    gate_open(named);
    gate_wait(quit);
    _exit(0);
  }
  gate_wait(named);
  int pidfd = must("pidfd_open", syscall(SYS_pidfd_open, child, 0));
  show_info("its numbers", pidfd);
  const struct { const char *name, *link; unsigned long request; } kinds[] = {
    { "cgroup", "cgroup", 0xff01 }, { "ipc", "ipc", 0xff02 }, { "mnt", "mnt", 0xff03 }, { "net", "net", 0xff04 },
    { "pid", "pid", 0xff05 }, { "user", "user", 0xff09 }, { "uts", "uts", 0xff0a },
  };
  for (size_t i = 0; i < COUNT(kinds); i++) {
    char path[64];
    struct stat own, theirs, got;
    int fd = ioctl(pidfd, kinds[i].request, 0);
    snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i].link);
    must(path, stat(path, &own));
    snprintf(path, sizeof path, "/proc/%d/ns/%s", child, kinds[i].link);
    must(path, stat(path, &theirs));
    if (fd < 0) { show(kinds[i].name, -1); continue; }
    must("fstat", fstat(fd, &got));
    say("%s: %s, %s", kinds[i].name, got.st_ino == theirs.st_ino ? "the child's" : "another", own.st_ino == theirs.st_ino ? "as ours" : "not ours");
    close(fd);
  }
  show("an argument", ioctl(pidfd, 0xff0a, 1));
  show("setns to some", setns(pidfd, CLONE_NEWUTS | CLONE_NEWIPC));
  char name[64];
  gethostname(name, sizeof name);
  check("its host name", strcmp(name, "inside") == 0);
  gate_open(quit);
  reap("child", child);
  show_info("gone", pidfd);
  show("namespaces of nobody", ioctl(pidfd, 0xff0a, 0));
  return 0;
}
