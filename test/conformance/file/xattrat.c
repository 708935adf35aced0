/* file: the *xattrat calls work relative to a directory, on links themselves, and on descriptors.
 *
 * setxattrat(2), getxattrat(2), listxattrat(2), removexattrat(2).
 */
#include "case.h"
#include <sys/syscall.h>

struct arguments { uint64_t value; uint32_t size, flags; };

static long set(int dir, const char *path, int flags, const char *name, const char *value, int how, size_t size) {
  struct arguments with[2] = { { (long)value, strlen(value), how } };
  return syscall(463, dir, path, flags, name, with, size);
}
static void get(const char *what, int dir, const char *path, int flags, const char *name, size_t room) {
  char value[64] = "";
  struct arguments into = { (long)value, room, 0 };
  long got = syscall(464, dir, path, flags, name, &into, sizeof into);
  if (got == -1) show(what, got);
  else say("%s: %ld \"%s\"", what, got, value);
}

int main(void) {
  char names[256];
  must("mkdir", mkdir("place", 0755));
  make_file("place/file", "x");
  must("symlink", symlink("file", "place/link"));
  int dir = must("open", open("place", O_RDONLY | O_DIRECTORY)), fd = must("open", open("place/file", O_RDWR));
  show("set", set(dir, "file", 0, "user.one", "first", 0, 16));
  get("get", dir, "file", 0, "user.one", 64);
  get("get its length", dir, "file", 0, "user.one", 0);
  get("get with little room", dir, "file", 0, "user.one", 2);
  get("through the link", dir, "link", 0, "user.one", 64);
  get("of the link itself", dir, "link", AT_SYMLINK_NOFOLLOW, "user.one", 64);
  get("of the descriptor", fd, "", AT_EMPTY_PATH, "user.one", 64);
  get("without a path", fd, NULL, AT_EMPTY_PATH, "user.one", 64);
  get("an empty path", fd, "", 0, "user.one", 64);
  show("only if it is new", set(dir, "file", 0, "user.one", "again", 1, 16));
  show("only if it is there", set(dir, "file", 0, "user.two", "again", 2, 16));
  show("by the descriptor", set(fd, "", AT_EMPTY_PATH, "user.two", "second", 1, 16));
  show("of the link itself", set(dir, "link", AT_SYMLINK_NOFOLLOW, "user.three", "x", 0, 16));
  show("unknown flags", set(dir, "file", 1 << 20, "user.one", "x", 0, 16));
  show("unknown flags inside", set(dir, "file", 0, "user.one", "x", 8, 16));
  show("a small struct", set(dir, "file", 0, "user.one", "x", 0, 15));
  show("a larger one", set(dir, "file", 0, "user.one", "still first", 0, 32));
  show("a huge one", set(dir, "file", 0, "user.one", "x", 0, 5000));
  struct arguments flagged = { (long)names, 64, 1 };
  show("get with flags", syscall(464, dir, "file", 0, "user.one", &flagged, 16));
  show("list", syscall(465, dir, "file", 0, names, sizeof names) >= 18);
  show("list of the descriptor", syscall(465, fd, "", AT_EMPTY_PATH, names, sizeof names) >= 18);
  show("list with flags", syscall(465, dir, "file", 1, names, sizeof names));
  show("remove", syscall(466, dir, "file", 0, "user.one"));
  show("remove again", syscall(466, dir, "file", 0, "user.one"));
  show("remove by the descriptor", syscall(466, fd, "", AT_EMPTY_PATH, "user.two"));
  show("a missing file", set(dir, "missing", 0, "user.one", "x", 0, 16));
  show("a bad descriptor", set(99, "file", 0, "user.one", "x", 0, 16));
  return 0;
}
