/* memory: mprotect() splits mappings page by page; faults tell ACCERR; ENOMEM on holes.
 *
 * mprotect(2).
 */
#include "case.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile int code;
static void handler(int number, siginfo_t *info, void *context) {
  code = info->si_code;
  siglongjmp(back, 1);
}

static char access_of(volatile char *address) {
  char byte;
  code = 0;
  if (sigsetjmp(back, 1)) return code == SEGV_ACCERR ? '-' : code == SEGV_MAPERR ? '.' : '?';
  byte = *address;
  if (sigsetjmp(back, 1)) return code == SEGV_ACCERR ? 'r' : '?';
  *address = byte;
  return 'w';
}

static void print(const char *name, char *area) {
  char line[9] = "";
  for (int i = 0; i < 8; i++) line[i] = access_of(area + i * 4096 + 9);
  say("%s: %s", name, line);
}

int main(void) {
  on_siginfo(SIGSEGV, handler, 0);
  char *area = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  print("fresh", area);
  show("page 2 read-only", mprotect(area + 2 * 4096, 4096, PROT_READ));
  show("page 4 to 5 none", mprotect(area + 4 * 4096, 4097, PROT_NONE));
  print("now", area);
  show("all writable", mprotect(area, 8 * 4096, PROT_READ | PROT_WRITE));
  print("now", area);
  munmap(area + 6 * 4096, 4096);
  show("across a hole", mprotect(area + 5 * 4096, 3 * 4096, PROT_READ));
  print("up to the hole it took effect", area);
  show("length 0", mprotect(area, 0, PROT_NONE));
  show("unaligned", mprotect(area + 5, 4096, PROT_NONE));
  show("unknown protection", mprotect(area, 4096, 0x40));
  show("both growth flags", mprotect(area, 4096, PROT_GROWSDOWN | PROT_GROWSUP));
  show("GROWSDOWN of a plain mapping", mprotect(area, 4096, PROT_READ | PROT_GROWSDOWN));
  char byte;
  show("read() into a read-only page", pread(must("open", open("/proc/self/exe", O_RDONLY)), area + 5 * 4096, 1, 0));
  show("write-only implies readable", mprotect(area, 4096, PROT_WRITE));
  byte = *(volatile char *)area;
  show("byte", byte);
  return 0;
}
