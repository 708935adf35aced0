/* call: a breakpoint that a program puts where it made a system call is the program's, each time.
 *
 * signal(7), SIGTRAP: int3 ends behind itself with TRAP_BRKPT or SI_KERNEL. Debuggers and tracers within a process write
 * it over the first byte of whatever instruction they watch, in memory of their own making too.
 */
#include "case.h"

#include <ucontext.h>

static volatile sig_atomic_t traps, right_place;
static uint8_t *code;

static void on_trap(int number, siginfo_t *info, void *context) {
  ucontext_t *uc = context;
  traps++;
  right_place += uc->uc_mcontext.gregs[REG_RIP] == (greg_t)(code + 6);
  uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(code + 7); /* on to the return */
}

/* mov $110, %eax; syscall; ret, then the call's first byte as a breakpoint. */
static void exercise(const char *name, uint8_t *page) {
  code = page;
  traps = right_place = 0;
  memcpy(page, "\xb8\x6e\0\0\0\x0f\x05\xc3", 8);
  int right = 0;
  for (int i = 0; i < 10; i++) right += ((long (*)(void))page)() == getppid();
  say("%s: calls right: %d of 10", name, right);
  page[5] = 0xcc;
  for (int i = 0; i < 3; i++) ((long (*)(void))page)();
  say("%s: traps: %d, behind the breakpoint: %d", name, traps, right_place);
  page[5] = 0x0f;
  check(name, ((long (*)(void))page)() == getppid());
}

int main(void) {
  sigaction(SIGTRAP, &(struct sigaction){ .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO }, NULL);
  int rwx = PROT_READ | PROT_WRITE | PROT_EXEC;
  uint8_t *anonymous = mmap(NULL, 4096, rwx, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  exercise("anonymous memory", anonymous);
  int file = open("/proc/self/exe", O_RDONLY);
  uint8_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
  must("mprotect", mprotect(mapped, 4096, rwx));
  exercise("a file's private page", mapped);
  return 0;
}
