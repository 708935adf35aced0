/* signal: touching a mapped page beyond the end of its file raises SIGBUS with BUS_ADRERR.
 *
 * mmap(2), SIGBUS; the tail of the last page reads as zero.
 */
#include "case.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile siginfo_t seen;
static void handler(int number, siginfo_t *info, void *context) {
  seen = *info;
  siglongjmp(back, 1);
}

static void touch(const char *name, volatile char *address) {
  if (sigsetjmp(back, 1) == 0) say("%s: byte %d", name, *address);
  else say("%s: %s, BUS_ADRERR %d, address %d", name, signal_name(seen.si_signo), seen.si_code == BUS_ADRERR,
      seen.si_addr == address);
}

int main(void) {
  on_siginfo(SIGBUS, handler, 0);
  on_siginfo(SIGSEGV, handler, 0);
  make_file("f", "hello");
  int fd = must("open", open("f", O_RDWR));
  char *shared = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *private = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  touch("first byte", shared);
  touch("tail of the last page", shared + 4000);
  touch("page beyond, shared", shared + 4096);
  touch("page beyond, private", private + 8192);
  must("ftruncate", ftruncate(fd, 4097));
  touch("after growing", shared + 4096);
  touch("still beyond", shared + 8192);
  must("ftruncate", ftruncate(fd, 0));
  touch("after truncating to nothing", shared);
  pid_t child = spawn();
  if (child == 0) {
    signal(SIGBUS, SIG_DFL);
    _exit(*(volatile char *)shared);
  }
  reap("default action", child);
  char byte;
  show("read() into it", pread(must("open", open("/proc/self/exe", O_RDONLY)), shared, 1, 0));
  show("write() from it", write(must("open", open("out", O_CREAT | O_WRONLY, 0644)), shared, 1));
  show("the file itself is empty", pread(fd, &byte, 1, 0));
  return 0;
}
