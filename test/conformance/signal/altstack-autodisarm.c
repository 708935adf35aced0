/* signal: SS_AUTODISARM clears the alternate stack during the handler and restores it after.
 *
 * sigaltstack(2), SS_AUTODISARM.
 */
#include "case.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static stack_t inside;
static void handler(int number) { sigaltstack(NULL, &inside); }

int main(void) {
  static char area[65536];
  stack_t now;
  show("set", sigaltstack(&(stack_t){ .ss_sp = area, .ss_size = sizeof area, .ss_flags = (int)SS_AUTODISARM }, NULL));
  on_signal(SIGUSR1, handler, SA_ONSTACK);
  for (int i = 0; i < 2; i++) {
    raise(SIGUSR1);
    check("disabled inside", inside.ss_flags == SS_DISABLE);
    sigaltstack(NULL, &now);
    check("restored outside", now.ss_sp == area && now.ss_flags == (int)SS_AUTODISARM);
  }
  return 0;
}
