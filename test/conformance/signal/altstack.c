/* signal: SA_ONSTACK runs handlers on the alternate stack, which may not change while in use.
 *
 * sigaltstack(2).
 */
#include "case.h"

static char *area;
static volatile int on_it, flags_inside, change_inside, nested_on_it;

static int inside(void *address) { return (char *)address >= area && (char *)address < area + 65536; }

static void nested(int number) {
  int local;
  nested_on_it = inside(&local);
}

static void handler(int number) {
  int local;
  stack_t now;
  on_it = inside(&local);
  sigaltstack(NULL, &now);
  flags_inside = now.ss_flags;
  change_inside = sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL) == -1 ? errno : 0;
  raise(SIGUSR2);
}

int main(void) {
  stack_t now;
  area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  sigaltstack(NULL, &now);
  check("none at first", now.ss_flags == SS_DISABLE);
  show("too small", sigaltstack(&(stack_t){ .ss_sp = area, .ss_size = 100 }, NULL));
  show("unknown flags", sigaltstack(&(stack_t){ .ss_sp = area, .ss_size = 65536, .ss_flags = 4 }, NULL));
  show("bad pointer", syscall(SYS_sigaltstack, bad_pointer(), NULL));
  show("set", sigaltstack(&(stack_t){ .ss_sp = area, .ss_size = 65536 }, NULL));
  on_signal(SIGUSR2, nested, SA_ONSTACK);
  on_signal(SIGUSR1, handler, 0);
  raise(SIGUSR1);
  say("without SA_ONSTACK: on it %d, nested handler with SA_ONSTACK on it %d", on_it, nested_on_it);
  must("again", sigaltstack(&(stack_t){ .ss_sp = area, .ss_size = 65536 }, NULL));
  on_signal(SIGUSR1, handler, SA_ONSTACK);
  raise(SIGUSR1);
  say("with SA_ONSTACK: on it %d, nested stays on it %d", on_it, nested_on_it);
  say("flags inside: SS_ONSTACK %d, change inside: %s", flags_inside == SS_ONSTACK, errno_name(change_inside));
  sigaltstack(NULL, &now);
  check("the same afterwards", now.ss_sp == area && now.ss_size == 65536 && now.ss_flags == 0);
  pid_t child = spawn();
  if (child == 0) {
    sigaltstack(NULL, &now);
    check("inherited by fork", now.ss_sp == area);
    _exit(0);
  }
  reap("child", child);
  return 0;
}
