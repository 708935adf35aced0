/* namespace: a proc of one's own shows a user namespace's root no more than what he was given.
 *
 * mount_namespaces(7), "Restrictions on mount namespaces"; user_namespaces(7).
 */
#include "case.h"

#include <sys/mount.h>

static void attempt(const char *name) {
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET));
    pid_t init = spawn();
    if (init == 0) {
      must("mkdir", mkdir("in", 0755) < 0 && errno != EEXIST ? -1 : 0);
      show("proc", mount("p", "in", "proc", 0, NULL));
      show("proc, read only", mount("p", "in", "proc", MS_RDONLY, NULL));
      show("sysfs", mount("s", "in", "sysfs", 0, NULL));
      show("tmpfs", mount("t", "in", "tmpfs", 0, NULL));
      _exit(0);
    }
    int status;
    must("wait", waitpid(init, &status, 0));
    _exit(WEXITSTATUS(status));
  }
  reap(name, child);
}

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
  /* The first state of the tree is the machine's business: begin with a proc and a sysfs that are whole. */
  must("proc", mount("p", "/proc", "proc", 0, NULL));
  umount2("/sys", MNT_DETACH);
  must("sysfs", mount("s", "/sys", "sysfs", 0, NULL));
  attempt("whole");
  must("on an empty directory", mount("t", "/sys/fs/cgroup", "tmpfs", 0, NULL));
  attempt("on an empty directory");
  must("cover", mount("/dev/null", "/proc/version", NULL, MS_BIND, NULL));
  must("cover", mount("t", "/proc/sys", "tmpfs", 0, NULL));
  pid_t child = spawn();
  if (child == 0) {
    /* Nothing else shows proc whole. */
    must("pivot", mount("t", "/mnt", "tmpfs", 0, NULL));
    must("mkdir", mkdir("/mnt/proc", 0755));
    must("mkdir", mkdir("/mnt/sys", 0755));
    must("mkdir", mkdir("/mnt/old", 0755));
    must("bind", mount("/proc", "/mnt/proc", NULL, MS_BIND | MS_REC, NULL));
    must("bind", mount("/sys", "/mnt/sys", NULL, MS_BIND | MS_REC, NULL));
    must("pivot_root", syscall(SYS_pivot_root, "/mnt", "/mnt/old"));
    must("chdir", chdir("/"));
    must("detach", umount2("/old", MNT_DETACH));
    attempt("covered");
    must("uncover", umount("/proc/sys"));
    must("uncover", umount("/proc/version"));
    must("read only", mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    attempt("read only");
    _exit(0);
  }
  reap("child", child);
  return 0;
}
