/* signal: faults tell the address and the reason: SEGV_MAPERR, SEGV_ACCERR, FPE_INTDIV, ILL_ILLOPN, TRAP_BRKPT.
 *
 * sigaction(2), si_code and si_addr.
 */
#include "case.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile siginfo_t seen;
static volatile int trap_number;
static void *fault_pc;

static void handler(int number, siginfo_t *info, void *context) {
  seen = *info;
  ucontext_t *frame = context;
  trap_number = frame->uc_mcontext.gregs[REG_TRAPNO];
  fault_pc = (void *)frame->uc_mcontext.gregs[REG_RIP];
  siglongjmp(back, 1);
}

#define TRY(name, statement) do { if (!sigsetjmp(back, 1)) { statement; say(name ": no signal"); } } while (0)

static void print(const char *name, void *address) {
  say("%s: %s, code %d, address as expected %d, trap %d", name, signal_name(seen.si_signo), seen.si_code,
      seen.si_addr == address, trap_number);
}

int main(void) {
  char *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  int numbers[] = { SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS };
  for (size_t i = 0; i < COUNT(numbers); i++) on_siginfo(numbers[i], handler, 0);
  volatile char *bytes = page;
  TRY("read unmapped", (void)bytes[4096 + 123]);
  print("read unmapped", page + 4096 + 123);
  TRY("write read-only", bytes[55] = 1);
  print("write read-only", page + 55);
  TRY("execute data", ((void (*)(void))page)());
  print("execute data", page);
  check("program counter is the page", fault_pc == page);
  TRY("NULL", *(volatile char *)hidden(0) = 1);
  print("NULL", NULL);
  TRY("non-canonical", *(volatile char *)hidden(0x8000000000000000) = 1);
  print("non-canonical", NULL);
  TRY("kernel address", *(volatile char *)hidden(0xffffffff81000000));
  print("kernel address", (void *)0xffffffff81000000);
  TRY("division", __asm__ volatile("xorl %%edx, %%edx\nxorl %%eax, %%eax\nidivl %%eax" ::: "eax", "edx"));
  print("division by zero", fault_pc);
  TRY("ud2", __asm__ volatile("ud2"));
  print("ud2", fault_pc);
  TRY("int3", __asm__ volatile("int3"));
  print("int3", NULL);
  TRY("hlt", __asm__ volatile("hlt"));
  print("hlt", NULL);
  return 0;
}
