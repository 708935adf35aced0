/* signal: a stack overflow can be caught on an alternate stack, and is fatal without one.
 *
 * sigaltstack(2): "The most common usage is to handle the SIGSEGV signal" for an exhausted stack.
 */
#include "case.h"
#include <sys/resource.h>

static char *area, *bottom;
static void handler(int number, siginfo_t *info, void *context) {
  char *address = info->si_addr;
  say("caught %s, below where we started: %d", signal_name(number), address < bottom && address > bottom - (64 << 20));
  _exit(7);
}

__attribute__((noinline)) static int dig(int depth) {
  volatile char frame[4000];
  frame[0] = depth;
  return hidden(depth) >= 0 ? dig(depth + 1) + frame[0] : 0;
}

static void overflow(const char *name, int use_area, int flags) {
  pid_t child = spawn();
  if (child == 0) {
    bottom = (char *)&child;
    soft_limit(RLIMIT_STACK, 1 << 20);
    if (use_area) must("sigaltstack", sigaltstack(&(stack_t){ .ss_sp = area, .ss_size = 65536 }, NULL));
    on_siginfo(SIGSEGV, handler, flags);
    _exit(dig(0) & 1);
  }
  reap(name, child);
}

int main(void) {
  area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  overflow("alternate stack", 1, SA_ONSTACK);
  overflow("handler on the full stack", 0, 0);
  overflow("alternate stack not asked for", 1, 0);
  munmap(area, 65536);
  overflow("alternate stack that is not mapped", 1, SA_ONSTACK);
  return 0;
}
