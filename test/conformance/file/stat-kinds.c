/* file: stat, lstat, fstat, fstatat and statx agree about every kind of file.
 *
 * stat(2), statx(2).
 */
#include "case.h"

static void kind(const char *path) {
  struct stat info, followed;
  struct statx extended;
  must(path, lstat(path, &info));
  long rc = statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &extended);
  int same = rc == 0 && extended.stx_ino == info.st_ino && extended.stx_mode == info.st_mode
      && extended.stx_size == info.st_size
             && extended.stx_nlink == info.st_nlink && extended.stx_mtime.tv_sec == info.st_mtim.tv_sec;
  int follows = stat(path, &followed) == 0 ? followed.st_ino != info.st_ino : -1;
  say("%s: type %06o, statx agrees %d, stat differs %d", path, info.st_mode & S_IFMT, same, follows);
}

int main(void) {
  struct stat info;
  struct statx extended;
  make_file("file", "12345");
  must("mkdir", mkdir("directory", 0755)), must("mkfifo", mkfifo("fifo", 0644));
  must("symlink", symlink("file", "link")), must("symlink", symlink("none", "dangling"));
  kind("file"), kind("directory"), kind("fifo"), kind("link"), kind("dangling"), kind("/dev/null");
  must("stat", stat("/dev/null", &info));
  say("/dev/null is device %d:%d", (int)(info.st_rdev >> 8), (int)(info.st_rdev & 255));
  int fd = must("open", open("file", O_RDONLY)), ends[2];
  must("pipe", pipe(ends));
  show("fstatat AT_EMPTY_PATH", fstatat(fd, "", &info, AT_EMPTY_PATH));
  show("size", info.st_size);
  show("fstatat of an empty path", fstatat(fd, "", &info, 0));
  must("fstat", fstat(ends[0], &info));
  check("a pipe is a fifo", S_ISFIFO(info.st_mode));
  show("fstat closed", fstat(99, &info));
  show("stat bad buffer", syscall(SYS_stat, "file", bad_pointer()));
  show("stat missing", stat("missing", &info));
  show("stat below a file", stat("file/x", &info));
  show("fstatat unknown flag", fstatat(AT_FDCWD, "file", &info, 1));
  show("statx AT_EMPTY_PATH", statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &extended));
  check("the asked field is there", (extended.stx_mask & STATX_SIZE) && extended.stx_size == 5);
  show("statx reserved mask bit", statx(fd, "", AT_EMPTY_PATH, 0x80000000, &extended));
  show("statx both sync flags", statx(fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, 0, &extended));
  show("statx bad buffer", syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0, bad_pointer()));
  return 0;
}
