/* signal: what a handler writes into its context takes effect: registers, mask and program counter.
 *
 * sigaction(2), ucontext_t; getcontext(3).
 */
#include "case.h"
#include <ucontext.h>

static void skip_ud2(int number, siginfo_t *info, void *context) {
  ucontext_t *frame = context;
  frame->uc_mcontext.gregs[REG_RIP] += 2;
  frame->uc_mcontext.gregs[REG_RBX] = 0x1234;
  __asm__ volatile("" ::: "memory");
  sigaddset(&frame->uc_sigmask, SIGUSR2);
}

static volatile int read_result;
static void fake_result(int number, siginfo_t *info, void *context) {
  ucontext_t *frame = context;
  read_result = frame->uc_mcontext.gregs[REG_RAX];
  frame->uc_mcontext.gregs[REG_RAX] = 77;
}

int main(void) {
  long rbx = 1;
  int ends[2];
  char byte;
  sigset_t mask;
  on_siginfo(SIGILL, skip_ud2, 0);
  __asm__ volatile("ud2" : "+b"(rbx)::"memory");
  say("after the skipped instruction: rbx %#lx", rbx);
  sigprocmask(SIG_BLOCK, NULL, &mask);
  check("SIGUSR2 is blocked now", sigismember(&mask, SIGUSR2));
  must("pipe", pipe(ends));
  on_siginfo(SIGUSR1, fake_result, 0);
  pid_t ticker = tick_start(SIGUSR1);
  long result;
  do result = syscall(SYS_read, ends[0], &byte, 1);
  while (result == -1);
  tick_stop(ticker);
  say("the interrupted read was to return %s", errno_name(-read_result));
  say("the handler made it return %ld", result);
  return 0;
}
