/* process: 100 children live at once and each is reaped once with its own code.
 *
 * fork(2), wait(2): wait returns each child exactly once, then ECHILD.
 */
#include "case.h"

int main(void) {
  struct gate go = gate_make();
  pid_t children[100];
  int seen[100] = { 0 }, wrong = 0;
  for (int i = 0; i < 100; i++) {
    children[i] = spawn();
    if (children[i] == 0) {
      gate_wait(go);
      _exit(i);
    }
  }
  for (int i = 0; i < 100; i++) gate_open(go);
  for (int i = 0; i < 100; i++) {
    int status;
    pid_t got = wait(&status);
    if (got <= 0 || !WIFEXITED(status)) { wrong++; continue; }
    int code = WEXITSTATUS(status);
    if (children[code] != got) wrong++;
    seen[code]++;
  }
  int missing = 0;
  for (int i = 0; i < 100; i++) missing += seen[i] != 1;
  say("wrong %d, missing or doubled %d", wrong, missing);
  show("one more wait", wait(NULL));
  return 0;
}
