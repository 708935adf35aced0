/* memory: process_madvise, process_mrelease and remap_file_pages.
 *
 * process_madvise(2), process_mrelease(2), remap_file_pages(2).
 */
#include "case.h"
#include <sys/syscall.h>
#include <sys/uio.h>

int main(void) {
  int own = must("pidfd", syscall(SYS_pidfd_open, getpid(), 0));
  char *area = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct iovec all = { area, 8192 }, wild = { (void *)0x1000, 4096 };
  area[0] = 'x';
  show("cold", syscall(SYS_process_madvise, own, &all, 1, MADV_COLD, 0));
  show("unknown advice", syscall(SYS_process_madvise, own, &all, 1, 99, 0));
  show("flags", syscall(SYS_process_madvise, own, &all, 1, MADV_COLD, 1));
  show("bad descriptor", syscall(SYS_process_madvise, -1, &all, 1, MADV_COLD, 0));
  show("not a pidfd", syscall(SYS_process_madvise, 0, &all, 1, MADV_COLD, 0));
  show("unmapped", syscall(SYS_process_madvise, own, &wild, 1, MADV_COLD, 0));
  show("no vectors", syscall(SYS_process_madvise, own, NULL, 0, MADV_COLD, 0));
  pid_t child = spawn();
  if (child == 0) { pause(); _exit(0); }
  int pidfd = must("pidfd", syscall(SYS_pidfd_open, child, 0));
  show("a child's pages", syscall(SYS_process_madvise, pidfd, &all, 1, MADV_COLD, 0));
  show("release of who lives", syscall(SYS_process_mrelease, pidfd, 0));
  show("release with flags", syscall(SYS_process_mrelease, pidfd, 1));
  show("release of no pidfd", syscall(SYS_process_mrelease, 0, 0));
  kill(child, SIGKILL);
  reap("child", child);
  show("advice to who is gone", syscall(SYS_process_madvise, pidfd, &all, 1, MADV_COLD, 0));
  show("release of who is gone", syscall(SYS_process_mrelease, pidfd, 0));

  int fd = must("open", open("pages", O_RDWR | O_CREAT, 0600));
  must("truncate", ftruncate(fd, 3 * 4096));
  char *view = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  for (int i = 0; i < 3; i++) view[i * 4096] = 'a' + i;
  show("remap", syscall(SYS_remap_file_pages, view, 4096, 0, 2, 0));
  say("now %c%c%c", view[0], view[4096], view[8192]);
  view[0] = 'z';
  say("now %c%c%c", view[0], view[4096], view[8192]);
  show("with a protection", syscall(SYS_remap_file_pages, view, 4096, PROT_READ, 2, 0));
  show("of private memory", syscall(SYS_remap_file_pages, area, 4096, 0, 1, 0));
  show("of nothing", syscall(SYS_remap_file_pages, 0x1000, 4096, 0, 1, 0));
  return 0;
}
