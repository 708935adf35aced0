/* file: POSIX record locks: ranges split and merge, F_GETLK names the blocker, close drops them all.
 *
 * fcntl(2), "Advisory record locking".
 */
#include "case.h"

static int fd;

static long lock(int type, off_t start, off_t length) {
  return fcntl(fd, F_SETLK, &(struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length });
}

/** What another process sees. */
static void look(const char *name, int type, off_t start, off_t length) {
  pid_t owner = getpid(), child = spawn();
  if (child == 0) {
    struct flock seen = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
    if (fcntl(fd, F_GETLK, &seen) == -1) show(name, -1);
    else if (seen.l_type == F_UNLCK) say("%s: free", name);
    else say("%s: %s lock %ld+%ld, by the parent %d", name, seen.l_type == F_WRLCK ? "write" : "read",
        (long)seen.l_start,
             (long)seen.l_len, seen.l_pid == owner);
    _exit(0);
  }
  must("waitpid", waitpid(child, NULL, 0));
}

int main(void) {
  make_file("f", "0123456789");
  fd = must("open", open("f", O_RDWR));
  show("write lock 10+10", lock(F_WRLCK, 10, 10));
  look("0 to 10", F_WRLCK, 0, 10);
  look("15", F_RDLCK, 15, 1);
  show("read lock in its middle", lock(F_RDLCK, 13, 4));
  look("a reader at 13", F_RDLCK, 13, 4);
  look("a writer at 13", F_WRLCK, 13, 4);
  look("the left part", F_WRLCK, 10, 1);
  look("the right part", F_WRLCK, 18, 1);
  show("unlock a piece", lock(F_UNLCK, 12, 2));
  look("12", F_WRLCK, 12, 1);
  show("to the end of the file", lock(F_WRLCK, 100, 0));
  look("far out", F_WRLCK, 1L << 40, 1);
  show("negative length locks before", lock(F_WRLCK, 50, -5));
  look("46", F_WRLCK, 46, 1);
  show("negative start", lock(F_WRLCK, -1, 1));
  show("relative to the end", fcntl(fd, F_SETLK, &(struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_END,
      .l_start = -2, .l_len = 1 }));
  look("8", F_WRLCK, 8, 1);
  show("unknown type", lock(9, 0, 1));
  int reader = must("open", open("f", O_RDONLY));
  show("write lock on a read-only descriptor", fcntl(reader, F_SETLK, &(struct flock){ .l_type = F_WRLCK }));
  close(reader);
  look("closing any descriptor dropped everything", F_WRLCK, 0, 0);
  must("lock", lock(F_WRLCK, 0, 1));
  pid_t child = spawn();
  if (child == 0) {
    show("locks are not inherited", lock(F_WRLCK, 0, 1));
    _exit(0);
  }
  reap("child", child);
  return 0;
}
