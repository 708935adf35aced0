/* fault: a table of system calls given a bad pointer: each says EFAULT, none harms the process.
 *
 * errno(3), EFAULT.
 */
#include "case.h"
#include <sys/socket.h>

#define TRY(name, ...) show(#name, syscall(SYS_##name, __VA_ARGS__))

int main(void) {
  long bad = (long)bad_pointer();
  int ends[2], pair[2];
  must("pipe", pipe(ends)), must("socketpair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  must("write", write(ends[1], "data", 4)), must("write", write(pair[1], "data", 4));
  int directory = must("open", open(".", O_RDONLY)), epoll = must("epoll_create", (long)syscall(SYS_epoll_create1, 0));
  int set = 0, current = AT_FDCWD;
  TRY(read, ends[0], bad, 4), TRY(write, ends[1], bad, 4), TRY(readv, ends[0], bad, 1), TRY(writev, ends[1], bad, 1);
  TRY(open, bad, 0, 0), TRY(openat, current, bad, 0, 0), TRY(creat, bad, 0644), TRY(access, bad, 0), TRY(chdir, bad);
  TRY(stat, ".", bad), TRY(lstat, bad, &set), TRY(fstat, 0, bad), TRY(newfstatat, current, ".", bad, 0),
      TRY(statfs, "/", bad);
  TRY(mkdir, bad, 0755), TRY(rmdir, bad), TRY(unlink, bad), TRY(rename, ".", bad), TRY(link, bad, "x"),
      TRY(symlink, "x", bad);
  TRY(readlink, bad, &set, 4), TRY(chmod, bad, 0), TRY(chown, bad, 0, 0), TRY(truncate, bad, 0),
      TRY(utimensat, current, bad, NULL, 0);
  TRY(getcwd, bad, 4096), TRY(getdents64, directory, bad, 4096), TRY(pipe, bad), TRY(pipe2, bad, 0);
  TRY(poll, bad, 1, 0), TRY(ppoll, NULL, 0, bad, NULL, 8), TRY(select, 1, bad, NULL, NULL, NULL);
  TRY(epoll_ctl, epoll, 1, ends[0], bad), TRY(execve, bad, NULL, NULL);
  TRY(rt_sigaction, SIGUSR1, bad, NULL, 8), TRY(rt_sigprocmask, SIG_BLOCK, bad, NULL, 8), TRY(rt_sigpending, bad, 8);
  TRY(rt_sigtimedwait, bad, NULL, NULL, 8), TRY(rt_sigqueueinfo, getpid(), SIGUSR1, bad), TRY(sigaltstack, bad, NULL);
  TRY(nanosleep, bad, NULL), TRY(clock_gettime, CLOCK_REALTIME, bad), TRY(clock_getres, CLOCK_REALTIME, bad);
  TRY(gettimeofday, bad, NULL), TRY(time, bad), TRY(times, bad), TRY(getitimer, 0, bad), TRY(setitimer, 0, bad, NULL);
  TRY(timer_create, CLOCK_MONOTONIC, NULL, bad), TRY(getrlimit, 0, bad), TRY(setrlimit, 0, bad);
  TRY(getrusage, 0, bad), TRY(uname, bad), TRY(sysinfo, bad), TRY(getresuid, bad, bad, bad), TRY(getgroups, 0, bad);
  TRY(setgroups, 1, bad), TRY(capget, bad, NULL), TRY(sched_getaffinity, 0, 128, bad), TRY(sched_setparam, 0, bad);
  TRY(futex, bad, 0, 0, NULL, NULL, 0), TRY(set_robust_list, bad, 24), TRY(getrandom, bad, 4, 0),
      TRY(memfd_create, bad, 0);
  TRY(socketpair, AF_UNIX, SOCK_STREAM, 0, bad), TRY(bind, pair[0], bad, 16), TRY(connect, pair[0], bad, 16);
  TRY(getsockname, pair[0], bad, bad), TRY(getpeername, pair[0], bad, bad), TRY(sendto, pair[0], bad, 4, 0, NULL, 0);
  TRY(recvfrom, pair[0], bad, 4, 0, NULL, NULL), TRY(sendmsg, pair[0], bad, 0), TRY(recvmsg, pair[0], bad, 0);
  TRY(setsockopt, pair[0], SOL_SOCKET, SO_REUSEADDR, bad, 4), TRY(getsockopt, pair[0], SOL_SOCKET, SO_TYPE, bad, bad);
  TRY(mount, bad, "/", "tmpfs", 0, NULL), TRY(sethostname, bad, 4), TRY(mincore, bad, 4096, 8);
  TRY(sendfile, 1, 0, bad, 4), TRY(splice, 0, bad, ends[1], NULL, 4, 0), TRY(getxattr, ".", bad, NULL, 0),
      TRY(prctl, PR_SET_NAME, bad);
  return 0;
}
