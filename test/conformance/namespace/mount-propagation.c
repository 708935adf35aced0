/* namespace: mounts on a shared mount appear on its peers and slaves, and go there too.
 *
 * mount_namespaces(7), "Shared subtrees"; mount(2), proc_pid_mountinfo(5).
 */
#include "case.h"

#include <sys/mount.h>

static char top[256];

static struct line { char point[200], fields[200]; } lines[64];

/** Ids of peer groups by the order in which a listing shows them. */
static int known[64], count;
static int letter(int id) {
  for (int i = 0; i < count; i++)
    if (known[i] == id) return 'A' + i;
  known[count++] = id;
  return 'A' + count - 1;
}

static void show_line(const struct line *line) {
  char shown[300] = "", kind[40];
  int id;
  for (const char *field = line->fields; *field; field = strchr(field, ' ') + 1) {
    if (sscanf(field, "%39[a-z_]:%d", kind, &id) == 2) sprintf(strchr(shown, 0), " %s:%c", kind, letter(id));
    else sprintf(strchr(shown, 0), " %.*s", (int)(strchr(field, ' ') - field), field);
  }
  say("  .%s%s", line->point + strlen(top), shown);
}

/** What mountinfo says below our directory, without numbers, by name. */
static void show_mounts(const char *name) {
  static char text[65536];
  slurp("/proc/self/mountinfo", text, sizeof text);
  say("%s:", name);
  int total = 0;
  count = 0;
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    struct line one;
    int used;
    if (sscanf(line, "%*d %*d %*s %*s %199s %*s %n", one.point, &used) != 1) continue;
    if (strncmp(one.point, top, strlen(top))) continue;
    snprintf(one.fields, sizeof one.fields, "%.*s", (int)(strstr(line + used, "- ") - line - used), line + used);
    int at = total++;
    for (; at > 0 && strcmp(lines[at - 1].point, one.point) > 0; at--) lines[at] = lines[at - 1];
    lines[at] = one;
  }
  for (int i = 0; i < total; i++) show_line(&lines[i]);
}

static void make(const char *path) { must(path, mkdir(path, 0755)); }
static int tmpfs(const char *path) { return mount("t", path, "tmpfs", 0, NULL); }
static int bind(const char *from, const char *to, int flags) { return mount(from, to, NULL, MS_BIND | flags, NULL); }
static int set(const char *path, int flags) { return mount(NULL, path, NULL, flags, NULL); }

static void peers(void) {
  make("a"), make("b");
  must("tmpfs", tmpfs("a"));
  must("shared", set("a", MS_SHARED));
  make("a/in"), make("a/sub"), make("a/sub/deep");
  must("bind", bind("a", "b", 0));
  show_mounts("two peers");
  must("tmpfs", tmpfs("a/in"));
  show_mounts("a mount on one");
  make_file("b/in/file", "x");
  show("seen on the other", access("a/in/file", F_OK));
  show("umount of the copy", umount("b/in"));
  show_mounts("gone on both");
  /* A peer that shows only a part. */
  make("c");
  must("bind", bind("a/sub", "c", 0));
  must("tmpfs", tmpfs("a/sub/deep"));
  must("tmpfs", tmpfs("a/in"));
  show_mounts("a part hears of its part");
  int fd = must("open", open("c/deep", O_RDONLY | O_DIRECTORY));
  show("umount while a copy is in use", umount("a/sub/deep"));
  close(fd);
  show("umount", umount("a/sub/deep"));
  show("detach", umount2("a/in", MNT_DETACH));
  show_mounts("after that");
  umount2("c", MNT_DETACH), umount2("b", MNT_DETACH), umount2("a", MNT_DETACH);
  rmdir("a"), rmdir("b"), rmdir("c");
}

static void slaves(void) {
  make("a"), make("s"), make("t");
  must("tmpfs", tmpfs("a"));
  must("shared", set("a", MS_SHARED));
  make("a/x"), make("a/y");
  must("bind", bind("a", "s", 0));
  must("slave", set("s", MS_SLAVE));
  must("bind", bind("a", "t", 0));
  must("slave", set("t", MS_SLAVE));
  must("shared", set("t", MS_SHARED));
  show_mounts("a slave, and one that is shared");
  must("tmpfs", tmpfs("a/x"));
  show_mounts("down it goes");
  must("tmpfs", tmpfs("s/y"));
  show_mounts("not up");
  show("umount below a slave", umount("s/x"));
  show_mounts("only there");
  show("umount", umount("a/x"));
  /* The master goes. */
  make("u");
  must("bind", bind("t", "u", 0));
  must("tmpfs", tmpfs("t/x"));
  show_mounts("a peer of the shared slave");
  must("private", set("a", MS_PRIVATE));
  show_mounts("without the master");
  must("private", set("t", MS_PRIVATE));
  must("unbindable", set("u", MS_UNBINDABLE));
  show_mounts("private and unbindable");
  make("v");
  show("bind of an unbindable", bind("u", "v", 0));
  show("two types", set("a", MS_SHARED | MS_SLAVE));
  show("types of no mount", set("v", MS_SHARED));
  const char *all[] = { "u", "t", "s", "a" };
  for (size_t i = 0; i < COUNT(all); i++) umount2(all[i], MNT_DETACH), rmdir(all[i]);
  rmdir("v");
}

static void trees(void) {
  make("a"), make("b"), make("c");
  must("tmpfs", tmpfs("a"));
  make("a/p"), make("a/q");
  must("shared", set("a", MS_SHARED));
  must("bind", bind("a", "b", 0));
  must("tmpfs", tmpfs("c"));
  make("c/one"), make("c/two");
  must("tmpfs", tmpfs("c/one"));
  must("tmpfs", tmpfs("c/two"));
  must("unbindable", set("c/two", MS_UNBINDABLE));
  show("a tree on a shared place", bind("c", "a/p", MS_REC));
  show_mounts("copied, without the unbindable one");
  show("move from a shared place", mount("a/p", "c/one", NULL, MS_MOVE, NULL));
  show("move of an unbindable tree", mount("c", "a/q", NULL, MS_MOVE, NULL));
  must("private", set("c/two", MS_PRIVATE));
  show("move", mount("c", "a/q", NULL, MS_MOVE, NULL));
  show_mounts("moved");
  /* Below what is there already: the new one slips under it. */
  must("tmpfs", tmpfs("a/q/one"));
  show_mounts("two on one another");
  must("recursively private", set("a", MS_PRIVATE | MS_REC));
  must("recursively private", set("b", MS_PRIVATE | MS_REC));
  show_mounts("private");
  show("busy", umount("a"));
  show("detach", umount2("a", MNT_DETACH));
  umount2("b", MNT_DETACH);
  rmdir("a"), rmdir("b"), rmdir("c");
}

static void namespaces(void) {
  make("a");
  must("tmpfs", tmpfs("a"));
  must("shared", set("a", MS_SHARED));
  make("a/x"), make("a/y"), make("a/z");
  struct gate born = gate_make(), mounted = gate_make(), seen = gate_make(), done = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWNS));
    gate_open(born);
    gate_wait(mounted);
    show_mounts("in a copy of the namespace");
    must("slave", set("a", MS_SLAVE | MS_REC));
    must("tmpfs", tmpfs("a/y"));
    show("what others mount on does not keep a directory", rmdir("a/z"));
    show_mounts("as a slave");
    gate_open(seen);
    gate_wait(done);
    show_mounts("after an umount outside");
    _exit(0);
  }
  gate_wait(born);
  must("tmpfs", tmpfs("a/x"));
  gate_open(mounted);
  gate_wait(seen);
  show_mounts("outside");
  must("umount", umount("a/x"));
  gate_open(done);
  reap("child", child);
  umount2("a", MNT_DETACH);
  rmdir("a");
}

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  must("private", set("/", MS_PRIVATE | MS_REC));
  make("top");
  must("tmpfs", tmpfs("top"));
  must("chdir", chdir("top"));
  must("getcwd", getcwd(top, sizeof top) ? 0 : -1);
  peers();
  slaves();
  trees();
  namespaces();
  return 0;
}
