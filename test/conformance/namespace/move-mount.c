/* namespace: move_mount() puts a mount beneath another, and lets one share the events of another.
 *
 * move_mount(2), mount_namespaces(7).
 */
#include "case.h"

#include <sys/mount.h>

#define SET_GROUP 0x100
#define BENEATH 0x200

static int move(const char *from, const char *to, unsigned flags) { return syscall(SYS_move_mount, AT_FDCWD, from, AT_FDCWD, to, flags); }
static int tmpfs(const char *path) { return mount("t", path, "tmpfs", 0, NULL); }
static int set(const char *path, int flags) { return mount(NULL, path, NULL, flags, NULL); }

static void show_fields(const char *name) {
  static char text[65536];
  char path[300];
  must("getcwd", getcwd(path, 200) ? 0 : -1);
  strcat(path, "/");
  strcat(path, name);
  slurp("/proc/self/mountinfo", text, sizeof text);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    char point[300];
    if (sscanf(line, "%*d %*d %*s %*s %299s", point) != 1 || strcmp(point, path)) continue;
    say("%s:%s%s", name, strstr(line, " shared:") ? " shared" : "", strstr(line, " master:") ? " slave" : "");
  }
}

static void beneath(void) {
  must("tmpfs", tmpfs("a"));
  make_file("a/upper", "x");
  must("tmpfs", tmpfs("b"));
  make_file("b/lower", "x");
  show("not a mount", move("b", "c", BENEATH));
  show("beneath itself", move("b", "b", BENEATH));
  show("both", move("b", "a", BENEATH | SET_GROUP));
  show("beneath", move("b", "a", BENEATH));
  check("the upper one is still seen", access("a/upper", F_OK) == 0);
  check("the other has gone from its place", access("b/lower", F_OK) < 0);
  show("umount", umount("a"));
  check("the lower one appears", access("a/lower", F_OK) == 0);
  show("umount", umount("a"));
  show("nothing left", umount("a"));
}

static void groups(void) {
  must("tmpfs", tmpfs("a"));
  must("mkdir", mkdir("a/in", 0755));
  must("bind", mount("a", "b", NULL, MS_BIND, NULL));
  show("of a private one", move("a", "b", SET_GROUP));
  must("shared", set("a", MS_SHARED));
  show("share", move("a", "b", SET_GROUP));
  show_fields("a");
  show_fields("b");
  must("tmpfs", tmpfs("a/in"));
  check("events travel", umount("b/in") == 0 && umount("a/in") < 0);
  show("again", move("a", "b", SET_GROUP));
  must("tmpfs", tmpfs("c"));
  show("another filesystem", move("a", "c", SET_GROUP));
  umount("c");
  must("slave", set("b", MS_SLAVE));
  must("bind", mount("a", "c", NULL, MS_BIND, NULL));
  must("private", set("c", MS_PRIVATE));
  show("of a slave", move("b", "c", SET_GROUP));
  show_fields("c");
  show("no mount", move("a", ".", SET_GROUP));
  umount2("c", MNT_DETACH), umount2("b", MNT_DETACH), umount2("a", MNT_DETACH);
}

int main(void) {
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
  must("mkdir", mkdir("a", 0755));
  must("mkdir", mkdir("b", 0755));
  must("mkdir", mkdir("c", 0755));
  beneath();
  groups();
  return 0;
}
