/* signal: a handler may clobber every register; the interrupted code sees them unchanged.
 *
 * sigreturn(2): the whole user context is restored.
 */
#include "case.h"

static volatile int calls;

static void handler(int number) {
  calls++;
  __asm__ volatile("xorl %%eax, %%eax\nmovq $1, %%rcx\nmovq $2, %%rdx\nmovq $3, %%rsi\nmovq $4, %%rdi\n"
                   "movq $5, %%r8\nmovq $6, %%r9\nmovq $7, %%r10\nmovq $8, %%r11\nstd\ncld"
                   ::: "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc");
}

/* Spin with a known value in every register until the handler has run; count the registers that changed. */
static long spin(void) {
  long wrong;
  __asm__ volatile(
      "pushq %%rbp\npushq %%rbx\n"
      "movq $0x1111, %%rbx\nmovq $0x2222, %%rcx\nmovq $0x3333, %%rdx\nmovq $0x4444, %%rsi\nmovq $0x5555, %%rbp\n"
      "movq $0x8888, %%r8\nmovq $0x9999, %%r9\nmovq $0xaaaa, %%r10\nmovq $0xbbbb, %%r11\nmovq $0xcccc, %%r12\n"
      "movq $0xdddd, %%r13\nmovq $0xeeee, %%r14\nmovq $0xffff, %%r15\nstc\n"
      "1: movl (%%rdi), %%eax\njnc 2f\nleal -3(%%eax), %%eax\njrcxz 2f\ntestl %%eax, %%eax\nstc\njs 1b\n"
      "2: setnc %%al\nmovzbq %%al, %%rax\n"
      "cmpq $0x1111, %%rbx\nje 3f\nincq %%rax\n3: cmpq $0x2222, %%rcx\nje 3f\nincq %%rax\n"
      "3: cmpq $0x3333, %%rdx\nje 3f\nincq %%rax\n3: cmpq $0x4444, %%rsi\nje 3f\nincq %%rax\n"
      "3: cmpq $0x5555, %%rbp\nje 3f\nincq %%rax\n3: cmpq $0x8888, %%r8\nje 3f\nincq %%rax\n"
      "3: cmpq $0x9999, %%r9\nje 3f\nincq %%rax\n3: cmpq $0xaaaa, %%r10\nje 3f\nincq %%rax\n"
      "3: cmpq $0xbbbb, %%r11\nje 3f\nincq %%rax\n3: cmpq $0xcccc, %%r12\nje 3f\nincq %%rax\n"
      "3: cmpq $0xdddd, %%r13\nje 3f\nincq %%rax\n3: cmpq $0xeeee, %%r14\nje 3f\nincq %%rax\n"
      "3: cmpq $0xffff, %%r15\nje 3f\nincq %%rax\n3:\n"
      "popq %%rbx\npopq %%rbp\n"
      : "=a"(wrong) : "D"(&calls)
      : "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
  return wrong;
}

int main(void) {
  on_signal(SIGUSR1, handler, 0);
  pid_t ticker = tick_start(SIGUSR1);
  for (int round = 0; round < 3; round++) {
    calls = 0;
    show("registers changed", spin());
  }
  tick_stop(ticker);
  check("the handler ran", calls >= 3);
  return 0;
}
