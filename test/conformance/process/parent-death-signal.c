/* process: PR_SET_PDEATHSIG sends a signal when the parent ends, and is not inherited.
 *
 * prctl(2), PR_SET_PDEATHSIG.
 */
#include "case.h"

int main(void) {
  int channel[2], signal_number = -1;
  must("pipe", pipe(channel));
  must("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
  show("invalid signal", prctl(PR_SET_PDEATHSIG, 100));
  show("PR_SET_PDEATHSIG", prctl(PR_SET_PDEATHSIG, SIGUSR1));
  prctl(PR_GET_PDEATHSIG, &signal_number);
  say("it is %s", signal_name(signal_number));
  pid_t child = spawn();
  if (child == 0) {
    prctl(PR_GET_PDEATHSIG, &signal_number);
    say("in the child: %s", signal_name(signal_number));
    struct gate ready = gate_make();
    pid_t grandchild = spawn();
    if (grandchild == 0) {
      must("prctl", prctl(PR_SET_PDEATHSIG, SIGUSR2));
      gate_open(ready);
      for (;;) pause();
    }
    gate_wait(ready);
    must("write", write(channel[1], &grandchild, sizeof grandchild));
    _exit(0);
  }
  pid_t grandchild;
  must("read", read(channel[0], &grandchild, sizeof grandchild));
  reap("child", child);
  reap("grandchild", grandchild);
  return 0;
}
