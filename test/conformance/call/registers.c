/* call: a system call changes rax, rcx and r11 and nothing else, however often it was made.
 *
 * syscall(2), "Architecture calling conventions"; AMD64 manual volume 3, SYSCALL: rcx is the address of the next
 * instruction, r11 the flags. The direction and alignment-check flags, the arithmetic flags, the vector registers and
 * the red zone below the stack pointer are the program's.
 */
#include "case.h"

struct state {
  uint64_t before[14], after[14]; /* rbx rcx rdx rsi rdi rbp r8 … r15 */
  uint64_t flags_before, flags_after, rax, next, red_zone;
  uint8_t vector[16];
};

/* One getppid(2), in the form that C libraries have it: a move to eax, and the instruction. */
__attribute__((noinline)) static void call(struct state *s, uint64_t flags) {
  __asm__ volatile(
      "push %%rbp\n\tpush %%rbx\n\tsub $256, %%rsp\n\t"
      "mov %0, 136(%%rsp)\n\tmov %1, 128(%%rsp)\n\t"
      "mov $0x1111111111111111, %%rbx\n\tmov $0x2222222222222222, %%rbp\n\t"
      "mov $0x3333333333333333, %%r12\n\tmov $0x4444444444444444, %%r13\n\t"
      "mov $0x5555555555555555, %%r14\n\tmov $0x6666666666666666, %%r15\n\t"
      "mov $0x7777777777777777, %%rdx\n\tmov $0x8888888888888888, %%rsi\n\t"
      "mov $0x9999999999999999, %%r8\n\tmov $0xaaaaaaaaaaaaaaaa, %%r9\n\t"
      "mov $0xbbbbbbbbbbbbbbbb, %%r10\n\tmov $0xcccccccccccccccc, %%rdi\n\t"
      "movq %%r12, %%xmm7\n\tpunpcklqdq %%xmm7, %%xmm7\n\t"
      "movq $0x5a5a5a5a, -96(%%rsp)\n\t" /* the red zone */
      "push 128(%%rsp)\n\tpopfq\n\t"
      "mov $110, %%eax\n\t"
      "syscall\n"
      "1:\tpushfq\n\tpop 128(%%rsp)\n\t"
      "push $0x202\n\tpopfq\n\t"
      "push %%rdi\n\tmov 144(%%rsp), %%rdi\n\t"
      "mov %%rbx, 112(%%rdi)\n\tmov %%rcx, 120(%%rdi)\n\tmov %%rdx, 128(%%rdi)\n\tmov %%rsi, 136(%%rdi)\n\t"
      "mov %%rbp, 152(%%rdi)\n\tmov %%r8, 160(%%rdi)\n\tmov %%r9, 168(%%rdi)\n\tmov %%r10, 176(%%rdi)\n\t"
      "mov %%r11, 184(%%rdi)\n\tmov %%r12, 192(%%rdi)\n\tmov %%r13, 200(%%rdi)\n\tmov %%r14, 208(%%rdi)\n\t"
      "mov %%r15, 216(%%rdi)\n\tmov %%rax, 240(%%rdi)\n\t"
      "pop %%rax\n\tmov %%rax, 144(%%rdi)\n\t"
      "mov 128(%%rsp), %%rax\n\tmov %%rax, 232(%%rdi)\n\t"
      "lea 1b(%%rip), %%rax\n\tmov %%rax, 248(%%rdi)\n\t"
      "mov -96(%%rsp), %%rax\n\tmov %%rax, 256(%%rdi)\n\t"
      "movdqu %%xmm7, 264(%%rdi)\n\t"
      "add $256, %%rsp\n\tpop %%rbx\n\tpop %%rbp"
      :
      : "r"(s), "r"(flags)
      : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm7", "memory",
        "cc");
}

static int is_right(const struct state *s, uint64_t flags, pid_t parent) {
  static const uint64_t wanted[14] = { 0x1111111111111111, 0, 0x7777777777777777, 0x8888888888888888,
                                       0xcccccccccccccccc, 0x2222222222222222, 0x9999999999999999, 0xaaaaaaaaaaaaaaaa,
                                       0xbbbbbbbbbbbbbbbb, 0, 0x3333333333333333, 0x4444444444444444,
                                       0x5555555555555555, 0x6666666666666666 };
  for (int i = 0; i < 14; i++)
    if (i != 1 && i != 9 && s->after[i] != wanted[i]) return 0;
  if (s->after[1] != s->next || s->after[9] != s->flags_after || s->flags_after != flags) return 0;
  for (int i = 0; i < 16; i += 8)
    if (memcmp(s->vector + i, &wanted[10], 8) != 0) return 0;
  return s->rax == (uint64_t)parent && s->red_zone == 0x5a5a5a5a;
}

int main(void) {
  static const struct { const char *name; uint64_t flags; } cases[] = {
    { "no flag", 0x202 },       { "all arithmetic flags", 0xad7 },    { "direction", 0x602 },
    { "alignment check", 0x40202 }, { "identification", 0x200202 },
  };
  pid_t parent = getppid();
  for (size_t c = 0; c < COUNT(cases); c++) {
    int right = 0;
    for (int i = 0; i < 100; i++) {
      struct state s;
      memset(&s, 0, sizeof s);
      call(&s, cases[c].flags);
      right += is_right(&s, s.flags_after, parent) && (s.flags_after & 0x244cd5) == (cases[c].flags & 0x244cd5);
    }
    say("%s: %d of 100", cases[c].name, right);
  }
  return 0;
}
