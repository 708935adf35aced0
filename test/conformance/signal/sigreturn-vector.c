/* signal: SSE, AVX and x87 registers and MXCSR survive a handler that changes them.
 *
 * sigreturn(2); the frame holds the extended state (xsave).
 */
#include "case.h"

static volatile int calls, control_inside;

__attribute__((target("avx"))) static void wipe_avx(void) { __asm__ volatile("vzeroall" ::: "memory"); }

static void handler(int number) {
  unsigned mxcsr, other = 0x3f80;
  unsigned short control;
  __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
  __asm__ volatile("fnstcw %0" : "=m"(control));
  control_inside = mxcsr == 0x1f80 && control == 0x37f;
  __asm__ volatile("ldmxcsr %0" ::"m"(other));
  if (__builtin_cpu_supports("avx")) wipe_avx();
  else __asm__ volatile("xorps %%xmm7, %%xmm7\nxorps %%xmm3, %%xmm3" ::: "xmm7", "xmm3");
  __asm__ volatile("fninit\nfld1\nfldz");
  calls++;
}

__attribute__((target("avx"))) static void with_avx(void) {
  static const unsigned char before[32] = "0123456789abcdefghijklmnopqrstu";
  unsigned char after[32];
  __asm__ volatile("vmovdqu %1, %%ymm7\n1: cmpl $0, (%2)\nje 1b\nvmovdqu %%ymm7, %0\nvzeroupper"
                   : "=m"(after) : "m"(before), "r"(&calls) : "memory", "xmm7");
  check("upper half of a vector register survives", memcmp(before, after, 32) == 0);
}

int main(void) {
  unsigned mxcsr = 0x7f80, mxcsr_after;
  double top = 0;
  static const unsigned char before[16] = "abcdefghijklmno";
  unsigned char after[16];
  unsigned short control = 0x27f, control_after;
  on_signal(SIGUSR1, handler, 0);
  pid_t ticker = tick_start(SIGUSR1);
  __asm__ volatile("ldmxcsr %3\nfldcw %5\nfldpi\nmovdqu %4, %%xmm3\nmovl $0, (%6)\n1: cmpl $0, (%6)\nje 1b\n"
                   "movdqu %%xmm3, %1\nstmxcsr %0\nfstpl %2\nfnstcw %7\nfninit"
                   : "=m"(mxcsr_after), "=m"(after), "=m"(top)
                   : "m"(mxcsr), "m"(before), "m"(control), "r"(&calls), "m"(control_after) : "memory", "xmm3");
  tick_stop(ticker);
  say("MXCSR %#x, x87 control word %#x", mxcsr_after, control_after);
  check("x87 stack top is still pi", top > 3.14159265 && top < 3.14159266);
  check("xmm register survives", memcmp(before, after, 16) == 0);
  check("the handler starts with a clean floating point state", control_inside);
  calls = 0;
  ticker = tick_start(SIGUSR1);
  if (__builtin_cpu_supports("avx")) with_avx();
  else check("upper half of a vector register survives", 1);
  tick_stop(ticker);
  return 0;
}
