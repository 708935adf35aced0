/* file: mounts made, moved, changed and listed by descriptors.
 *
 * fsopen(2), fsconfig(2), fsmount(2), open_tree(2), move_mount(2), mount_setattr(2), fspick(2), statmount(2), listmount(2).
 */
#include "case.h"
#include <sys/mount.h>
#include <sys/syscall.h>

struct attributes { uint64_t set, clear, propagation, userns; };
struct request { uint32_t size, spare; uint64_t id, param; };
static char answer[4096];

static void set(const char *name, int dir, const char *path, uint64_t on, uint64_t off, uint64_t propagation) {
  struct attributes with = { on, off, propagation, 0 };
  show(name, syscall(SYS_mount_setattr, dir, path, AT_EMPTY_PATH, &with, sizeof with));
}
static long status(uint64_t id, uint64_t mask, size_t room) {
  struct request ask = { 24, 0, id, mask };
  return syscall(457, &ask, answer, room, 0);
}

int main(void) {
  must("mkdir", mkdir("t", 0755) | mkdir("u", 0755) | mkdir("v", 0755));
  must("unshare", unshare(CLONE_NEWNS));
  must("private", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  int fs = syscall(SYS_fsopen, "tmpfs", 1);
  show_ok("fsopen", fs);
  show("no such type", syscall(SYS_fsopen, "no-such-type", 0));
  show("unknown flags", syscall(SYS_fsopen, "tmpfs", 2));
  show("a size", syscall(SYS_fsconfig, fs, 1, "size", "1m", 0));
  show("a source", syscall(SYS_fsconfig, fs, 1, "source", "here", 0));
  show("a value for a flag", syscall(SYS_fsconfig, fs, 0, "ro", "1", 0));
  show("no value for a string", syscall(SYS_fsconfig, fs, 1, "size", NULL, 0));
  show("unknown command", syscall(SYS_fsconfig, fs, 99, NULL, NULL, 0));
  show("not from fsopen", syscall(SYS_fsconfig, 0, 1, "size", "1m", 0));
  show("mount too early", syscall(SYS_fsmount, fs, 0, 0));
  show("create", syscall(SYS_fsconfig, fs, 6, NULL, NULL, 0));
  show("create again", syscall(SYS_fsconfig, fs, 6, NULL, NULL, 0));
  show("too late", syscall(SYS_fsconfig, fs, 1, "size", "1m", 0));
  show("unknown attributes", syscall(SYS_fsmount, fs, 0, 1 << 30));
  int tree = syscall(SYS_fsmount, fs, 1, 4);
  show_ok("mount", tree);
  show("mount again", syscall(SYS_fsmount, fs, 0, 0));
  close(fs);
  int file = openat(tree, "file", O_CREAT | O_RDWR, 0600);
  show_ok("a file in the detached mount", file);
  close(file);
  show("attach", syscall(SYS_move_mount, tree, "", AT_FDCWD, "t", 4));
  show("the file is there", access("t/file", F_OK));
  show("move on", syscall(SYS_move_mount, tree, "", AT_FDCWD, "u", 4));
  show("not there", access("t/file", F_OK));
  show("but here", access("u/file", F_OK));
  show("unknown flags", syscall(SYS_move_mount, tree, "", AT_FDCWD, "t", 0x1000));
  show("without its flag", syscall(SYS_move_mount, tree, "", AT_FDCWD, "t", 0));
  close(tree);

  tree = syscall(SYS_open_tree, AT_FDCWD, "u", 1 | O_CLOEXEC);
  show_ok("clone", tree);
  show("unknown flags", syscall(SYS_open_tree, AT_FDCWD, "u", 2));
  show("recursive without clone", syscall(SYS_open_tree, AT_FDCWD, "u", 0x8000));
  show("missing", syscall(SYS_open_tree, AT_FDCWD, "missing", 1));
  set("read-only", tree, "", 1, 0, 0);
  show("a file in it", openat(tree, "more", O_CREAT | O_RDWR, 0600));
  show("attach", syscall(SYS_move_mount, tree, "", AT_FDCWD, "v", 4));
  close(tree);
  show("the same file", access("v/file", F_OK));
  show("read-only here", open("v/more", O_CREAT | O_RDWR, 0600));
  show_ok("not there", file = open("u/more", O_CREAT | O_RDWR, 0600));
  close(file);
  set("writable", AT_FDCWD, "v", 0, 1, 0);
  set("nothing", AT_FDCWD, "v", 0, 0, 0);
  set("unknown", AT_FDCWD, "v", 1ull << 40, 0, 0);
  set("no access times", AT_FDCWD, "v", 0x10, 0, 0);
  set("no access times, properly", AT_FDCWD, "v", 0x10, 0x70, 0);
  set("shared", AT_FDCWD, "v", 0, 0, MS_SHARED);
  set("shared and private", AT_FDCWD, "v", 0, 0, MS_SHARED | MS_PRIVATE);
  set("not a mount", AT_FDCWD, "v/file", 8, 0, 0);
  struct attributes none = { 0 };
  show("a small struct", syscall(SYS_mount_setattr, AT_FDCWD, "v", 0, &none, 16));
  show("a huge struct", syscall(SYS_mount_setattr, AT_FDCWD, "v", 0, &none, 9000));
  show("unknown flags", syscall(SYS_mount_setattr, AT_FDCWD, "v", 1, &none, sizeof none));

  int pick = syscall(SYS_fspick, AT_FDCWD, "v", 0);
  show_ok("pick", pick);
  show("pick a file", syscall(SYS_fspick, AT_FDCWD, "v/file", 0));
  show("another size", syscall(SYS_fsconfig, pick, 1, "size", "2m", 0));
  show("reconfigure", syscall(SYS_fsconfig, pick, 7, NULL, NULL, 0));
  close(pick);
  struct statx info;
  must("statx", statx(AT_FDCWD, "v", 0, 0x4000, &info));
  check("statx gives a unique id", info.stx_mask & 0x4000);
  show("statmount", status(info.stx_mnt_id, 0x33, sizeof answer));
  uint64_t *words = (uint64_t *)answer;
  uint32_t *halves = (uint32_t *)answer;
  say("mask %#lx, magic %#lx, attributes %#lx, propagation %#lx", words[1], words[3], words[8], words[9]);
  say("type %s, ends in /v %d", answer + 512 + halves[9], !strcmp(strrchr(answer + 512 + halves[27], '/'), "/v"));
  check("its id", words[5] == info.stx_mnt_id);
  show("with little room", status(info.stx_mnt_id, 0x33, 513));
  show("only numbers", status(info.stx_mnt_id, 0x2, 8));
  show("no such mount", status(info.stx_mnt_id + 1000, 0x2, 512));
  show("an old id", status(5, 0x2, 512));
  uint64_t ids[256];
  struct request ask = { 24, 0, -1ull, 0 };
  long count = syscall(458, &ask, ids, 256, 0);
  int seen = 0, ordered = 1;
  for (int i = 0; i < count; i++) seen |= ids[i] == info.stx_mnt_id, ordered &= i == 0 || ids[i] > ids[i - 1];
  say("listmount: seen %d, in order %d", seen, ordered);
  show("one only", syscall(458, &ask, ids, 1, 0));
  ask.id = info.stx_mnt_id;
  show("below it", syscall(458, &ask, ids, 256, 0));
  show("unknown flags", syscall(458, &ask, ids, 256, 8));
  show("unmount", umount("v"));
  show("unmount", umount("u"));
  return 0;
}
