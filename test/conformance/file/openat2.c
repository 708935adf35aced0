/* file: openat2() restricts resolution: RESOLVE_BENEATH, IN_ROOT, NO_SYMLINKS, NO_XDEV, NO_MAGICLINKS.
 *
 * openat2(2).
 */
#include "case.h"
#include <linux/openat2.h>

static int base;

static void attempt(const char *path, const char *name, uint64_t resolve) {
  struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = resolve };
  char line[64];
  long fd;
  snprintf(line, sizeof line, "%s, %s", path, name);
  do fd = syscall(SYS_openat2, base, path, &how, sizeof how); /* EAGAIN: a rename anywhere disturbed a ".." */
  while (fd == -1 && errno == EAGAIN);
  show_ok(line, fd);
}

int main(void) {
  must("mkdir", mkdir("d", 0755)), must("mkdir", mkdir("d/sub", 0755));
  make_file("d/f", ""), make_file("outside", "");
  must("symlink", symlink("f", "d/link")), must("symlink", symlink("../outside", "d/escape"));
  must("symlink", symlink("/f", "d/absolute")), must("symlink", symlink("sub", "d/to-sub"));
  base = must("open", open("d", O_RDONLY));
  const char *paths[] = { "f", "link", "escape", "absolute", "sub/../f", "../outside", "/f", "to-sub/../f" };
  for (size_t i = 0; i < COUNT(paths); i++) {
    attempt(paths[i], "BENEATH", RESOLVE_BENEATH);
    attempt(paths[i], "IN_ROOT", RESOLVE_IN_ROOT);
    attempt(paths[i], "NO_SYMLINKS", RESOLVE_NO_SYMLINKS);
  }
  attempt("/proc/self/exe", "NO_MAGICLINKS", RESOLVE_NO_MAGICLINKS);
  attempt("/proc/self/status", "NO_XDEV", RESOLVE_NO_XDEV);
  attempt("f", "both BENEATH and IN_ROOT", RESOLVE_BENEATH | RESOLVE_IN_ROOT);
  attempt("f", "unknown bit", 0x4000);
  struct open_how how = { .flags = O_RDONLY, .mode = 0600 };
  show("mode without O_CREAT", syscall(SYS_openat2, base, "f", &how, sizeof how));
  how = (struct open_how){ .flags = O_RDONLY | (1ull << 40) };
  show("unknown flag", syscall(SYS_openat2, base, "f", &how, sizeof how));
  how.flags = O_RDONLY;
  show("size too small", syscall(SYS_openat2, base, "f", &how, sizeof how - 1));
  struct { struct open_how how; uint64_t more; } longer = { .more = 1 };
  show("nonzero tail", syscall(SYS_openat2, base, "f", &longer, sizeof longer));
  longer.more = 0;
  show_ok("zero tail", syscall(SYS_openat2, base, "f", &longer, sizeof longer));
  show("bad pointer", syscall(SYS_openat2, base, "f", bad_pointer(), sizeof how));
  return 0;
}
