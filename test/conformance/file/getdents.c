/* file: getdents64() tells types, refuses short buffers and ends with 0.
 *
 * getdents(2).
 */
#include "case.h"
#include <dirent.h>

static char buffer[4096];

int main(void) {
  must("mkdir", mkdir("d", 0755)), must("mkdir", mkdir("d/dir", 0755));
  make_file("d/file", "");
  must("symlink", symlink("x", "d/link"));
  must("mkfifo", mkfifo("d/fifo", 0644));
  int fd = must("open", open("d", O_RDONLY));
  show("buffer of 10 bytes", syscall(SYS_getdents64, fd, buffer, 10));
  long got = must("getdents64", syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  const char *names[] = { ".", "..", "dir", "file", "link", "fifo" };
  int aligned = 1, terminated = 1, inodes = 1;
  for (size_t n = 0; n < COUNT(names); n++)
    for (long at = 0; at < got;) {
      struct dirent64 *entry = (struct dirent64 *)(buffer + at);
      if (strcmp(entry->d_name, names[n]) == 0)
        say("%s: type %s", names[n], entry->d_type == DT_DIR ? "directory" : entry->d_type == DT_REG ? "file"
            : entry->d_type == DT_LNK ? "link" : entry->d_type == DT_FIFO ? "fifo" : "?");
      aligned &= entry->d_reclen % 8 == 0;
      terminated &= strnlen(entry->d_name, entry->d_reclen) < entry->d_reclen;
      struct stat info;
      if (n == 0 && fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && strcmp(entry->d_name, ".."))
        inodes &= info.st_ino == entry->d_ino;
      at += entry->d_reclen;
    }
  say("records aligned %d, names terminated %d, inode numbers as in stat %d", aligned, terminated, inodes);
  show("at the end", syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  show("at the end again", syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  must("lseek", lseek(fd, 0, SEEK_SET));
  check("rewound", syscall(SYS_getdents64, fd, buffer, sizeof buffer) == got);
  must("lseek", lseek(fd, 0, SEEK_SET));
  show("bad buffer", syscall(SYS_getdents64, fd, bad_pointer(), 4096));
  show("of a file", syscall(SYS_getdents64, must("open", open("d/file", O_RDONLY)), buffer, 4096));
  int removed = must("open", open("d/dir", O_RDONLY));
  must("rmdir", rmdir("d/dir"));
  show("of a removed directory", syscall(SYS_getdents64, removed, buffer, 4096));
  return 0;
}
