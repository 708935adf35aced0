/* memory: a system call changes rax, rcx and r11 only; rcx gets the return address and r11 the flags.
 *
 * syscall(2), "Architecture calling conventions"; the x86-64 ABI.
 */
#include "case.h"

int main(void) {
  long wrong = 0, bad_rcx = 0, bad_flags = 0;
  for (int i = 0; i < 200; i++) {
    long result, rcx, r11, changed;
    __asm__ volatile(
        "pushq %%rbp\npushq %%rbx\n"
        "movq $0x11, %%rdi\nmovq $0x22, %%rsi\nmovq $0x33, %%rdx\nmovq $0x44, %%r10\n"
        "movq $0x55, %%r8\nmovq $0x66, %%r9\n"
        "movq $0x77, %%rbx\nmovq $0x88, %%rbp\nmovq $0x99, %%r12\nmovq $0xaa, %%r13\n"
        "movq $0xbb, %%r14\nmovq $0xcc, %%r15\n"
        "movl $39, %%eax\nstc\nsyscall\n1:\n"
        "leaq 1b(%%rip), %%rdi\nsubq %%rdi, %%rcx\n"
        "movq $0, %%rdi\n"
        "cmpq $0x22, %%rsi\nje 2f\nincq %%rdi\n2: cmpq $0x33, %%rdx\nje 2f\nincq %%rdi\n"
        "2: cmpq $0x44, %%r10\nje 2f\nincq %%rdi\n"
        "2: cmpq $0x55, %%r8\nje 2f\nincq %%rdi\n2: cmpq $0x66, %%r9\nje 2f\nincq %%rdi\n"
        "2: cmpq $0x77, %%rbx\nje 2f\nincq %%rdi\n"
        "2: cmpq $0x88, %%rbp\nje 2f\nincq %%rdi\n2: cmpq $0x99, %%r12\nje 2f\nincq %%rdi\n"
        "2: cmpq $0xaa, %%r13\nje 2f\nincq %%rdi\n"
        "2: cmpq $0xbb, %%r14\nje 2f\nincq %%rdi\n2: cmpq $0xcc, %%r15\nje 2f\nincq %%rdi\n2:\n"
        "popq %%rbx\npopq %%rbp\n"
        : "=a"(result), "=c"(rcx), "=D"(changed)
        :
        : "rsi", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
    wrong += changed + (result != getpid());
    bad_rcx += rcx != 0;
    __asm__ volatile("movl $102, %%eax\nstc\nsyscall\nmovq %%r11, %0" : "=r"(r11) : : "rax", "rcx", "r11", "memory",
        "cc");
    bad_flags += !(r11 & 1);
    /* The red zone below the stack pointer belongs to the program. */
    __asm__ volatile("movq $0x1234, -8(%%rsp)\nmovq $0x5678, -128(%%rsp)\nmovl $39, %%eax\nsyscall\n"
                     "movq -8(%%rsp), %0\naddq -128(%%rsp), %0" : "=&r"(changed) : : "rax", "rcx", "r11", "memory",
                         "cc");
    wrong += changed != 0x1234 + 0x5678;
  }
  show("registers or stack words changed", wrong);
  show("rcx is not the return address", bad_rcx);
  show("r11 is not the flags", bad_flags);
  return 0;
}
