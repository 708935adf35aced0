/* namespace: cgroup2 shows a hierarchy of processes that can be moved, frozen and killed together.
 *
 * cgroups(7), cgroup_namespaces(7), clone(2); Documentation/admin-guide/cgroup-v2.rst.
 */
#include "case.h"

#include <dirent.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/vfs.h>

static char group[64];

static const char *in(const char *name) {
  static char path[4][300];
  static int next;
  char *out = path[next = (next + 1) % 4];
  snprintf(out, 300, "mnt/%s/%s", group, name);
  return out;
}

static void show_file(const char *name) {
  char buffer[4096];
  slurp(in(name), buffer, sizeof buffer);
  text(name, buffer, strlen(buffer));
}

/** /proc/PID/cgroup of the second hierarchy, with our group's name left out. */
static void show_own(const char *name, const char *path) {
  char buffer[8192], *line, *at;
  slurp(path, buffer, sizeof buffer);
  line = strstr(buffer, "0::");
  if (!line) { say("%s: none", name); return; }
  line[strcspn(line, "\n")] = 0;
  if ((at = strstr(line, group))) say("%s: %.*sGROUP%s", name, (int)(at - line), line, at + strlen(group));
  else say("%s: %s", name, line);
}

static int holds(const char *path, pid_t pid) {
  char buffer[65536], *line;
  slurp(path, buffer, sizeof buffer);
  for (line = strtok(buffer, "\n"); line; line = strtok(NULL, "\n"))
    if (atoi(line) == pid) return 1;
  return 0;
}

static void show_pid(const char *name, pid_t pid) {
  char number[16];
  snprintf(number, sizeof number, "%d", pid);
  show(name, write_text(in("cgroup.procs"), number));
}

static void until(const char *name, const char *line) {
  char buffer[256];
  for (int i = 0; i < 2000; i++) {
    slurp(in("cgroup.events"), buffer, sizeof buffer);
    if (strstr(buffer, line)) { say("%s: %s", name, line); return; }
    sleep_ms(1);
  }
  say("%s: never %s", name, line);
}

static volatile int *counter;

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
  must("mkdir", mkdir("mnt", 0755));
  show("an unknown option", mount("none", "mnt", "cgroup2", 0, "nonsense"));
  must("mount", mount("none", "mnt", "cgroup2", 0, NULL));
  struct statfs status;
  must("statfs", statfs("mnt", &status));
  check("its magic", status.f_type == 0x63677270);
  snprintf(group, sizeof group, "case-%d", getpid());
  show_own("before", "/proc/self/cgroup");
  check("we are in the root", holds("mnt/cgroup.procs", getpid()));
  check("no freezer in the root", access("mnt/cgroup.freeze", F_OK) < 0);

  show("mkdir", mkdir(in(""), 0755));
  show("mkdir again", mkdir(in(""), 0755));
  show("a file", open(in("file"), O_CREAT | O_WRONLY, 0644));
  show("a line end", mkdir(in("a\nb"), 0755));
  const char *names[] = { "cgroup.type", "cgroup.events", "cgroup.freeze", "cgroup.procs", "cgroup.max.depth", "cgroup.max.descendants", "cgroup.subtree_control" };
  for (size_t i = 0; i < COUNT(names); i++) show_file(names[i]);
  struct stat stat_;
  stat(in("cgroup.kill"), &stat_);
  show("mode of cgroup.kill", stat_.st_mode & 0777);
  show("unlink", unlink(in("cgroup.procs")));
  show("rmdir of a file", rmdir(in("cgroup.procs")));
  show("no pid", write_text(in("cgroup.procs"), "none"));
  show("nobody's pid", write_text(in("cgroup.procs"), "4000000"));
  show("no controller", write_text(in("cgroup.subtree_control"), "+nonsense"));
  show("no sign", write_text(in("cgroup.subtree_control"), "pids"));
  show("freeze 2", write_text(in("cgroup.freeze"), "2"));
  show("freeze nonsense", write_text(in("cgroup.freeze"), "x"));
  show("kill 0", write_text(in("cgroup.kill"), "0"));
  show("depth nonsense", write_text(in("cgroup.max.depth"), "x"));
  show("depth 1", write_text(in("cgroup.max.depth"), "1"));
  show("a child", mkdir(in("sub"), 0755));
  show("a grandchild", mkdir(in("sub/sub"), 0755));
  show("no depth", write_text(in("cgroup.max.depth"), "max"));

  /* A process moves, is frozen, goes on and is killed. */
  counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = spawn();
  if (child == 0)
    for (;;) ++*counter;
  int events = must("open", open(in("cgroup.events"), O_RDONLY));
  char buffer[256];
  must("read", read(events, buffer, sizeof buffer));
  show_pid("move", child);
  struct pollfd watched = { .fd = events, .events = POLLPRI };
  show("poll tells", poll(&watched, 1, 1000));
  check("with POLLPRI", watched.revents & POLLPRI);
  check("it is there", holds(in("cgroup.procs"), child));
  check("not in the root", !holds("mnt/cgroup.procs", child));
  show_file("cgroup.events");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/cgroup", child);
  show_own("its cgroup", path);
  show("rmdir with a process", rmdir(in("")));
  show("freeze", write_text(in("cgroup.freeze"), "1"));
  until("after freeze", "frozen 1");
  int before = *counter;
  sleep_ms(20);
  check("it holds still", *counter == before);
  int state;
  show("no stop for its parent", waitpid(child, &state, WNOHANG | WUNTRACED));
  show_file("cgroup.freeze");
  show("thaw", write_text(in("cgroup.freeze"), "0"));
  until("after thaw", "frozen 0");
  for (int i = 0; i < 1000 && *counter == before; i++) sleep_ms(1);
  check("it goes on", *counter != before);
  /* Who sleeps is frozen in its sleep, and goes on sleeping. */
  pid_t sleeper = spawn();
  if (sleeper == 0) {
    struct timespec left;
    _exit(nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, &left) == 0 ? 7 : 8);
  }
  until_asleep(sleeper);
  show_pid("move a sleeper", sleeper);
  show("freeze", write_text(in("cgroup.freeze"), "1"));
  until("both", "frozen 1");
  pid_t late = spawn();
  if (late == 0) _exit(5);
  show("thaw", write_text(in("cgroup.freeze"), "0"));
  reap("the sleeper", sleeper);
  reap("late", late);
  show("freeze", write_text(in("cgroup.freeze"), "1"));
  until("again", "frozen 1");
  show("a frozen one can be killed", kill(child, SIGKILL));
  reap("child", child);
  until("after that", "populated 0");
  show("thaw", write_text(in("cgroup.freeze"), "0"));

  /* Born there. */
  int directory = must("open", open(in(""), O_RDONLY | O_DIRECTORY));
  struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = directory };
  struct gate told = gate_make();
  pid_t born = must("clone3", syscall(SYS_clone3, &args, sizeof args));
  if (born == 0) {
    show_own("born in", "/proc/self/cgroup");
    gate_open(told);
    for (;;) pause();
  }
  gate_wait(told);
  args.cgroup = events;
  show("into no directory", syscall(SYS_clone3, &args, sizeof args));
  for (int i = 0; i < 3; i++) {
    pid_t each = spawn();
    if (each == 0)
      for (;;) pause();
    show_pid("move", each);
  }
  show("kill all", write_text(in("cgroup.kill"), "1"));
  int killed = 0;
  for (int i = 0; i < 4; i++)
    if (wait(&state) > 0 && WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL) killed++;
  show("killed", killed);
  until("nobody", "populated 0");

  /* A namespace begins where its maker is. */
  pid_t inside = spawn();
  if (inside == 0) {
    must("move", write_text(in("sub/cgroup.procs"), "0"));
    show_own("in the child", "/proc/self/cgroup");
    must("unshare", unshare(CLONE_NEWCGROUP));
    show_own("own root", "/proc/self/cgroup");
    show_own("somebody above", "/proc/1/cgroup");
    must("mkdir", mkdir("inner", 0755));
    must("mount", mount("none", "inner", "cgroup2", 0, NULL));
    check("the mount begins there", holds("inner/cgroup.procs", getpid()));
    check("not as a root", access("inner/cgroup.freeze", F_OK) == 0);
    must("umount", umount("inner"));
    _exit(0);
  }
  reap("inside", inside);
  /* Delegation. */
  must("chown", chown(in("sub"), 1000, 1000));
  must("chown", chown(in("sub/cgroup.procs"), 1000, 1000));
  stat(in("sub/cgroup.procs"), &stat_);
  say("owner %u %u", stat_.st_uid, stat_.st_gid);
  pid_t user = spawn();
  if (user == 0) {
    must("setgid", setgid(1000));
    must("setuid", setuid(1000));
    show("a child of one's own", mkdir(in("sub/own"), 0755));
    stat(in("sub/own"), &stat_);
    say("owner %u", stat_.st_uid);
    show("into it from outside", write_text(in("sub/own/cgroup.procs"), "0"));
    show("not one's own", mkdir(in("other"), 0755));
    show("rmdir", rmdir(in("sub/own")));
    _exit(0);
  }
  reap("user", user);
  show("rmdir with a child", rmdir(in("")));
  show("rmdir", rmdir(in("sub")));
  show("rmdir", rmdir(in("")));
  show("cgroup.events of nothing", pread(events, buffer, sizeof buffer, 0));
  return 0;
}
