/* process: CLONE_PARENT makes the new process a sibling, reaped by our parent.
 *
 * clone(2), CLONE_PARENT.
 */
#include "case.h"

int main(void) {
  int channel[2];
  must("pipe", pipe(channel));
  pid_t self = getpid();
  struct gate go = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    pid_t sibling = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
    if (sibling == 0) {
      gate_wait(go);
      check("sibling's parent is our parent", getppid() == self);
      _exit(8);
    }
    must("write", write(channel[1], &sibling, sizeof sibling));
    show("we cannot wait for it", waitpid(sibling, NULL, 0));
    gate_open(go);
    _exit(0);
  }
  pid_t sibling;
  must("read", read(channel[0], &sibling, sizeof sibling));
  reap("sibling", sibling);
  reap("child", child);
  return 0;
}
