/* fault: privileged and odd instructions raise the right signal and nothing else.
 *
 * signal(7); Intel SDM: #GP is SIGSEGV, #UD is SIGILL, #DE is SIGFPE, #DB and #BP are SIGTRAP, #AC is SIGBUS.
 */
#include "case.h"

static void cli(void) { __asm__ volatile("cli"); }
static void in(void) { __asm__ volatile("inb $0x60, %%al" ::: "eax"); }
static void rdmsr(void) { __asm__ volatile("rdmsr" ::: "eax", "edx"); }
static void write_cr3(void) { __asm__ volatile("movq %%rax, %%cr3" ::: "memory"); }
static void ud2(void) { __asm__ volatile("ud2"); }
static void bad_segment(void) { __asm__ volatile("movl $0x1234, %%eax\nmovw %%ax, %%ds" ::: "eax"); }
static void divide(void) { __asm__ volatile("xorl %%ecx, %%ecx\ndivl %%ecx" ::: "eax", "ecx", "edx"); }
static void overflow(void) {
  __asm__ volatile("movl $0x80000000, %%eax\ncltd\nmovl $-1, %%ecx\nidivl %%ecx" ::: "eax", "ecx", "edx");
}
static void breakpoint(void) { __asm__ volatile("int3"); }
static void single_step(void) { __asm__ volatile("pushfq\norq $0x100, (%rsp)\npopfq\nnop"); }
static void misaligned_sse(void) { __asm__ volatile("movaps 1(%rsp), %xmm0"); }
static void sse_exception(void) {
  unsigned csr = 0;
  __asm__ volatile("ldmxcsr %0\nxorps %%xmm0, %%xmm0\ndivss %%xmm0, %%xmm0" ::"m"(csr) : "xmm0");
}
static void jump_to_null(void) { ((void (*)(void))hidden(0))(); }
static void jump_to_noncanonical(void) { ((void (*)(void))hidden(0x8000000000000000))(); }
static void stack_to_nowhere(void) { __asm__ volatile("xorl %%esp, %%esp\npushq %%rax" ::: "memory"); }

int main(void) {
  static const struct { const char *name; void (*body)(void); } table[] = {
    { "cli", cli }, { "in", in }, { "rdmsr", rdmsr }, { "mov cr3", write_cr3 }, { "ud2", ud2 },
        { "bad segment", bad_segment },
    { "division by zero", divide }, { "division overflow", overflow }, { "int3", breakpoint },
        { "trap flag", single_step },
    { "misaligned movaps", misaligned_sse }, { "SSE invalid operation", sse_exception },
        { "jump to NULL", jump_to_null },
    { "jump to a non-canonical address", jump_to_noncanonical }, { "push without a stack", stack_to_nowhere },
  };
  for (size_t i = 0; i < COUNT(table); i++) {
    pid_t child = spawn();
    if (child == 0) {
      table[i].body();
      _exit(0);
    }
    reap(table[i].name, child);
  }
  return 0;
}
