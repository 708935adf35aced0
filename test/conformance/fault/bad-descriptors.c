/* fault: a table of system calls given a closed descriptor: each says EBADF.
 *
 * errno(3), EBADF.
 */
#include "case.h"

#define TRY(name, ...) show(#name, syscall(SYS_##name, __VA_ARGS__))

int main(void) {
  char bytes[64];
  long numbers[] = { 99, -1, 0x7fffffff, 1L << 33 | 99 };
  for (size_t i = 0; i < COUNT(numbers); i++) {
    long fd = numbers[i];
    say("-- %s", i == 0 ? "99" : i == 1 ? "-1" : i == 2 ? "INT_MAX" : "99 with high bits");
    TRY(read, fd, bytes, 4), TRY(write, fd, bytes, 4), TRY(close, fd), TRY(fstat, fd, bytes), TRY(lseek, fd, 0, 0);
    TRY(pread64, fd, bytes, 4, 0), TRY(ioctl, fd, 0x5401, bytes), TRY(readv, fd, NULL, 0), TRY(dup, fd),
        TRY(dup2, fd, 3);
    TRY(dup3, fd, 3, 0), TRY(fcntl, fd, F_GETFL), TRY(fsync, fd), TRY(fdatasync, fd), TRY(ftruncate, fd, 0),
        TRY(fchdir, fd);
    TRY(fchmod, fd, 0), TRY(fchown, fd, 0, 0), TRY(getdents64, fd, bytes, 64), TRY(flock, fd, 2),
        TRY(fstatfs, fd, bytes);
    TRY(fallocate, fd, 0, 0, 1), TRY(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), TRY(openat, fd, "x", 0, 0);
    TRY(connect, fd, bytes, 16), TRY(listen, fd, 1), TRY(accept, fd, NULL, NULL), TRY(sendto, fd, bytes, 1, 0, NULL, 0);
    TRY(recvfrom, fd, bytes, 1, 0, NULL, NULL), TRY(getsockname, fd, bytes, bytes), TRY(shutdown, fd, 0);
    TRY(epoll_wait, fd, bytes, 1, 0), TRY(timerfd_gettime, fd, bytes), TRY(inotify_rm_watch, fd, 1),
        TRY(sendfile, fd, fd, NULL, 1);
    TRY(splice, fd, NULL, fd, NULL, 1, 0), TRY(signalfd4, 99, bytes, 8, 0), TRY(fgetxattr, fd, "user.x", bytes, 4);
    TRY(syncfs, fd), TRY(readahead, fd, 0, 1), TRY(fadvise64, fd, 0, 0, 0), TRY(sync_file_range, fd, 0, 0, 0);
  }
  return 0;
}
