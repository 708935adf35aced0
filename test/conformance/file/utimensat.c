/* file: utimensat() sets times to values, now, or not at all.
 *
 * utimensat(2).
 */
#include "case.h"

static struct timespec start;

static const char *when(struct timespec time) {
  static char texts[4][32];
  static int next;
  char *out = texts[next++ % 4];
  if (time.tv_sec + 60 >= start.tv_sec) return "now";
  snprintf(out, 32, "%ld.%09ld", time.tv_sec, time.tv_nsec);
  return out;
}

static void print(const char *name, const char *path) {
  struct stat info;
  must("lstat", lstat(path, &info));
  say("%s: access %s, modification %s, change %s", name, when(info.st_atim), when(info.st_mtim), when(info.st_ctim));
}

static void set(const char *name, long access_ns, long modification_ns) {
  struct timespec times[2] = { { 1000, access_ns }, { 2000, modification_ns } };
  show(name, utimensat(AT_FDCWD, "f", times, 0));
  print("  ", "f");
}

int main(void) {
  clock_gettime(CLOCK_REALTIME, &start);
  make_file("f", "");
  must("symlink", symlink("f", "l"));
  set("values", 5, 999999999);
  set("OMIT, value", UTIME_OMIT, 7);
  set("NOW, OMIT", UTIME_NOW, UTIME_OMIT);
  set("OMIT, OMIT", UTIME_OMIT, UTIME_OMIT);
  set("nanoseconds too large", 1000000000, 0);
  set("nanoseconds negative", -1, 0);
  struct timespec times[2] = { { 3000, 1 }, { 4000, 2 } };
  show("link itself", utimensat(AT_FDCWD, "l", times, AT_SYMLINK_NOFOLLOW));
  print("  link", "l"), print("  file", "f");
  int fd = must("open", open("f", O_RDONLY));
  show("futimens", futimens(fd, times));
  print("  ", "f");
  show("NULL means now", utimensat(AT_FDCWD, "f", NULL, 0));
  print("  ", "f");
  show("missing", utimensat(AT_FDCWD, "missing", times, 0));
  show("unknown flag", utimensat(AT_FDCWD, "f", times, 1));
  show("bad pointer", syscall(SYS_utimensat, AT_FDCWD, "f", bad_pointer(), 0));
  must("chmod", chmod("f", 0666)), must("chmod", chmod(".", 0755));
  must("setresuid", setresuid(1000, 1000, 1000));
  show("a user who may write sets now", utimensat(AT_FDCWD, "f", NULL, 0));
  show("but not values", utimensat(AT_FDCWD, "f", times, 0));
  return 0;
}
