/* process: a case that kills itself ends by that signal, not by an exit code.
 *
 * signal(7), "Standard signals": the default action of SIGTERM is to terminate.
 */
#include "case.h"

static void at_end(void) { say("atexit handlers must not run"); }

int main(void) {
  atexit(at_end);
  say("before the signal");
  kill(getpid(), SIGTERM);
  say("a process survived its own SIGTERM");
  return 0;
}
