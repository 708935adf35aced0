/* namespace: capabilities count over what belongs to the own user namespace, and not outside.
 *
 * user_namespaces(7), "Capabilities"; capabilities(7), setns(2), ioctl_nsfs(2).
 */
// as: user
#include "case.h"

#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

static void become_root(void) {
  char line[64];
  uid_t uid = geteuid();
  gid_t gid = getegid();
  must("unshare", unshare(CLONE_NEWUSER));
  snprintf(line, sizeof line, "0 %u 1\n", uid);
  must("uid_map", write_text("/proc/self/uid_map", line));
  must("setgroups", write_text("/proc/self/setgroups", "deny"));
  snprintf(line, sizeof line, "0 %u 1\n", gid);
  must("gid_map", write_text("/proc/self/gid_map", line));
}

static void show_capabilities(const char *name) {
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2];
  must("capget", syscall(SYS_capget, &header, data));
  check(name, data[0].effective == 0xffffffff && data[0].permitted == 0xffffffff);
}

int main(void) {
  struct stat status;
  int outside = must("open", open("/proc/self/ns/user", O_RDONLY));
  int outside_uts = must("open", open("/proc/self/ns/uts", O_RDONLY));
  make_file("mine", "x");
  show("a host name, before", sethostname("n", 1));
  show("mounts, before", unshare(CLONE_NEWNS));
  struct gate ready = gate_make(), quit = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    show_capabilities("capabilities before");
    become_root();
    show("getuid", getuid());
    show("getgid", getgid());
    show_capabilities("all capabilities");
    show("a host name of the first namespace", sethostname("n", 1));
    show("chroot", chroot("."));
    gate_open(ready);
    gate_wait(quit);
    _exit(0);
  }
  gate_wait(ready);
  /* Its maker has power over it. */
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/user", child);
  int inside = must("open", open(path, O_RDONLY));
  show("NS_GET_NSTYPE", ioctl(inside, NS_GET_NSTYPE) == CLONE_NEWUSER);
  uid_t owner;
  show("NS_GET_OWNER_UID", ioctl(inside, NS_GET_OWNER_UID, &owner));
  check("it is ours", owner == geteuid());
  int parent = show_ok("NS_GET_PARENT", ioctl(inside, NS_GET_PARENT));
  struct stat other;
  fstat(parent, &status);
  fstat(outside, &other);
  check("the parent is ours", status.st_ino == other.st_ino);
  show("parent of the outermost", ioctl(outside, NS_GET_PARENT));
  pid_t entering = spawn();
  if (entering == 0) {
    show("setns to our own", setns(outside, CLONE_NEWUSER));
    show("setns in", setns(inside, CLONE_NEWUSER));
    show("getuid", getuid());
    show("setns out", setns(outside, CLONE_NEWUSER));
    show("setns again", setns(inside, CLONE_NEWUSER));
    show("setns to the UTS namespace outside", setns(outside_uts, 0));
    _exit(0);
  }
  reap("entering", entering);
  gate_open(quit);
  reap("child", child);

  child = spawn();
  if (child == 0) {
    become_root();
    must("unshare", unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC));
    show("sethostname", sethostname("inside", 6));
    show("mount tmpfs", mount("none", "/mnt", "tmpfs", 0, NULL));
    stat("/mnt", &status);
    say("its owner: %u %u", status.st_uid, status.st_gid);
    show("mknod of a device", mknod("/mnt/null", S_IFCHR | 0666, makedev(1, 3)));
    show("mount tmpfs for nobody", mount("none", "/mnt", "tmpfs", 0, "uid=5"));
    show("mount without a type for users", mount("none", "/mnt", "devtmpfs", 0, NULL));
    stat("mine", &status);
    show("owner of our file", status.st_uid);
    stat("/etc/passwd", &status);
    show("owner of root's file", status.st_uid);
    show("chown to nobody", chown("mine", 5, -1));
    show("chown to ourselves", chown("mine", 0, 0));
    show("chmod of root's file", chmod("/etc/passwd", 0600));
    show("open root's file", open("/etc/shadow", O_RDWR));
    show("setuid of nobody", setuid(5));
    show("kill of somebody", kill(1, SIGTERM));
    show("mlock limits", setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1 << 21, 1 << 21 }));
    int fd = must("socket", socket(AF_INET, SOCK_STREAM, 0));
    show("SO_DEBUG", setsockopt(fd, SOL_SOCKET, SO_DEBUG, &(int){ 1 }, sizeof(int)));
    /* A signal and a message tell ids of the receiver's namespace. */
    int pair[2];
    must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    struct ucred peer;
    socklen_t length = sizeof peer;
    must("SO_PEERCRED", getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length));
    say("peer: uid %u gid %u", peer.uid, peer.gid);
    sigset_t set = set_of(SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (spawn() == 0) {
      kill(getppid(), SIGUSR1);
      _exit(0);
    }
    siginfo_t info;
    must("sigwaitinfo", sigwaitinfo(&set, &info));
    show("si_uid", info.si_uid);
    must("waitid", waitid(P_ALL, 0, &info, WEXITED));
    show("si_uid of a child", info.si_uid);
    char buffer[4096], *line;
    slurp("/proc/self/status", buffer, sizeof buffer);
    line = strstr(buffer, "Uid:");
    say("%.*s", (int)(strchr(line, '\n') - line), line);
    prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
    show("drop a bound", prctl(PR_CAPBSET_DROP, CAP_SYS_TIME, 0, 0, 0));
    _exit(0);
  }
  reap("child", child);

  child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUSER));
    show_capabilities("all capabilities without a map");
    show("sethostname", sethostname("n", 1));
    stat("mine", &status);
    show("owner of our file", status.st_uid);
    show_ok("a new file", open("new", O_CREAT | O_WRONLY, 0644));
    execl("/proc/self/exe", "case", "exec", NULL);
    _exit(1);
  }
  reap("child", child);
  show("clone with CLONE_FS", syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS | SIGCHLD, 0, 0, 0, 0));
  return 0;
}

__attribute__((constructor)) static void after_exec(void) {
  char buffer[4096];
  slurp("/proc/self/cmdline", buffer, sizeof buffer);
  if (strcmp(buffer, "case")) return;
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2];
  must("capget", syscall(SYS_capget, &header, data));
  check("no capabilities after exec", data[0].effective == 0);
  show("getuid", getuid());
  _exit(0);
}
