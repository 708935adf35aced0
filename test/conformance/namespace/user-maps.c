/* namespace: a user namespace gets its ids by one write each to uid_map and gid_map.
 *
 * user_namespaces(7), "User and group ID mappings: uid_map and gid_map".
 */
#include "case.h"

#include <linux/capability.h>

#include <grp.h>

static int write_at(pid_t pid, const char *name, const char *text) {
  char path[64];
  if (pid) snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  else snprintf(path, sizeof path, "/proc/self/%s", name);
  int fd = open(path, O_WRONLY);
  if (fd < 0) return -1;
  int rc = write(fd, text, strlen(text)) < 0 ? -1 : 0;
  int saved = errno;
  close(fd);
  errno = saved;
  return rc;
}

static void show_file(const char *name, const char *path) {
  char buffer[4096];
  slurp(path, buffer, sizeof buffer);
  text(name, buffer, strlen(buffer));
}

static void show_ids(const char *name) {
  uid_t r, e, s;
  gid_t rg, eg, sg;
  getresuid(&r, &e, &s);
  getresgid(&rg, &eg, &sg);
  say("%s: uid %u %u %u gid %u %u %u", name, r, e, s, rg, eg, sg);
}

/** A child in a new user namespace, which waits until its maps are written. */
static pid_t child_in(struct gate *ready, struct gate *go, int (*body)(void)) {
  *ready = gate_make();
  *go = gate_make();
  pid_t child = spawn();
  if (child) {
    gate_wait(*ready);
    return child;
  }
  must("unshare", unshare(CLONE_NEWUSER));
  gate_open(*ready);
  gate_wait(*go);
  _exit(body());
}

static int look(void) {
  show_ids("before");
  show_file("uid_map", "/proc/self/uid_map");
  show_file("gid_map", "/proc/self/gid_map");
  show_file("setgroups", "/proc/self/setgroups");
  show("setuid 1", setuid(1));
  show("setgid beyond the map", setgid(5000));
  show("setresgid", setresgid(2, 3, 4));
  show("setresuid", setresuid(5, 6, 7));
  show_ids("after");
  show("setresuid of nobody", setresuid(-1, 4000, -1));
  return 0;
}

static int groups(void) {
  gid_t list[3] = { 1, 2, 3 };
  show("setgroups", setgroups(3, list));
  show("of nobody", setgroups(1, (gid_t[]){ 7000 }));
  gid_t got[8];
  int count = show("getgroups", getgroups(8, got));
  for (int i = 0; i < count; i++) show("group", got[i]);
  return 0;
}

static int denied(void) {
  show("setgroups", setgroups(0, NULL));
  show("allow again", write_at(0, "setgroups", "allow"));
  return 0;
}

int main(void) {
  struct gate ready, go;
  pid_t child = child_in(&ready, &go, look);
  show("an empty map", write_at(child, "uid_map", ""));
  show("not numbers", write_at(child, "uid_map", "a b c"));
  show("two numbers", write_at(child, "uid_map", "0 1000"));
  show("count 0", write_at(child, "uid_map", "0 1000 0"));
  show("around the end", write_at(child, "uid_map", "0 4294967290 100"));
  show("twice inside", write_at(child, "uid_map", "0 1000 10\n5 2000 10\n"));
  show("twice outside", write_at(child, "uid_map", "0 1000 10\n20 1005 10\n"));
  show("two lines", write_at(child, "uid_map", "0 100000 1000\n2000 300000 5\n"));
  show("again", write_at(child, "uid_map", "0 100000 1000\n"));
  show("gid_map", write_at(child, "gid_map", "0 200000 1000"));
  show("setgroups when gid_map is there", write_at(child, "setgroups", "deny"));
  gate_open(go);
  reap("child", child);

  child = child_in(&ready, &go, groups);
  show("gid_map", write_at(child, "gid_map", "0 1000 100\n"));
  gate_open(go);
  reap("child", child);

  child = child_in(&ready, &go, denied);
  show("nonsense", write_at(child, "setgroups", "maybe"));
  show("deny", write_at(child, "setgroups", "deny\n"));
  show("gid_map", write_at(child, "gid_map", "0 1000 100\n"));
  gate_open(go);
  reap("child", child);

  /* The own map, from within. */
  child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUSER));
    show_ids("nobody yet");
    show("somebody else", write_at(0, "uid_map", "0 1 1\n"));
    show("more than one", write_at(0, "uid_map", "0 0 2\n"));
    show("oneself", write_at(0, "uid_map", "10 0 1\n"));
    show("a group before setgroups", write_at(0, "gid_map", "20 0 1\n"));
    show("deny", write_at(0, "setgroups", "deny"));
    show("a group", write_at(0, "gid_map", "20 0 1\n"));
    show_ids("somebody");
    /* One further in sees its parent's ids. */
    must("unshare", unshare(CLONE_NEWUSER));
    show_ids("nobody again");
    show("through the parent", write_at(0, "uid_map", "5 10 1\n"));
    show_ids("somebody again");
    show_file("uid_map", "/proc/self/uid_map");
    show_file("the first one's", "/proc/1/uid_map");
    struct stat status;
    stat("/", &status);
    show("owner of /", status.st_uid);
    show("group of /", status.st_gid);
    _exit(0);
  }
  reap("child", child);

  show("our own", write_at(0, "uid_map", "0 0 1\n"));
  show_file("our own", "/proc/self/uid_map");

  child = spawn();
  if (child == 0) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[2] = { { 0 } };
    must("unshare", unshare(CLONE_NEWUSER));
    must("capset", (int)syscall(SYS_capset, &header, none));
    must("dumpable", prctl(PR_SET_DUMPABLE, 1));
    show_ok("setgroups, to read it without capabilities", open("/proc/self/setgroups", O_RDONLY));
    show_ok("to write", open("/proc/self/setgroups", O_WRONLY));
    _exit(0);
  }
  reap("child", child);

  /* So deep and no deeper. */
  child = spawn();
  if (child == 0) {
    int depth = 0;
    for (;;) {
      if (unshare(CLONE_NEWUSER) < 0) break;
      if (write_at(0, "uid_map", "0 0 1\n") < 0 || write_at(0, "setgroups", "deny") < 0 || write_at(0, "gid_map", "0 0 1\n") < 0) break;
      depth++;
    }
    say("%d deep, then %s", depth, errno_name(errno));
    _exit(0);
  }
  reap("child", child);

  child = spawn();
  if (child == 0) {
    must("mkdir", mkdir("root", 0755));
    must("chroot", chroot("root"));
    show("from a chroot", unshare(CLONE_NEWUSER));
    _exit(0);
  }
  reap("child", child);
  return 0;
}
