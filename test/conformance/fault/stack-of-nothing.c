/* fault: a handler that cannot be pushed on the stack kills with SIGSEGV; a bad sigreturn frame too.
 *
 * signal(7), sigreturn(2).
 */
#include "case.h"

static void handler(int number) { _exit(1); }

int main(void) {
  pid_t child = spawn();
  if (child == 0) {
    on_signal(SIGUSR1, handler, 0);
    __asm__ volatile("movq %0, %%rsp\nsyscall" ::"r"(4096L), "a"(SYS_tgkill), "D"((long)getpid()), "S"((long)gettid()),
        "d"((long)SIGUSR1) : "rcx", "r11", "memory");
    _exit(2);
  }
  reap("no room for the frame", child);
  child = spawn();
  if (child == 0) {
    __asm__ volatile("movq %0, %%rsp\nsyscall" ::"r"(8L), "a"(SYS_rt_sigreturn) : "rcx", "r11", "memory");
    _exit(2);
  }
  reap("sigreturn from nowhere", child);
  child = spawn();
  if (child == 0) {
    static long zeroes[1024];
    __asm__ volatile("movq %0, %%rsp\nsyscall" ::"r"(&zeroes[256]), "a"(SYS_rt_sigreturn) : "rcx", "r11", "memory");
    _exit(2);
  }
  reap("sigreturn from a frame of zeroes", child);
  child = spawn();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    must("munmap", munmap((void *)((uintptr_t)main & -4096), 4096)); /* the code we return to */
    _exit(0);
  }
  reap("unmapping our own text", child);
  return 0;
}
