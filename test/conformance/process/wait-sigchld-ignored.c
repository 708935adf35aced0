/* process: with SIGCHLD ignored children vanish, and wait() blocks until the last has gone.
 *
 * wait(2), NOTES; sigaction(2), SA_NOCLDWAIT.
 */
#include "case.h"

static volatile int caught;
static void handler(int number) { caught++; }

int main(void) {
  struct gate go = gate_make();
  signal(SIGCHLD, SIG_IGN);
  for (int i = 0; i < 3; i++)
    if (spawn() == 0) {
      gate_wait(go);
      _exit(0);
    }
  for (int i = 0; i < 3; i++) gate_open(go);
  show("wait with SIGCHLD ignored", wait(NULL));

  signal(SIGCHLD, SIG_DFL);
  pid_t child = spawn();
  if (child == 0) _exit(3);
  reap("default disposition keeps the status", child);

  on_signal(SIGCHLD, handler, SA_NOCLDWAIT);
  child = spawn();
  if (child == 0) _exit(3);
  long result;
  do result = wait(NULL);
  while (result == -1 && errno == EINTR);
  show("wait with SA_NOCLDWAIT", result);
  check("the handler still runs", caught == 1);
  return 0;
}
