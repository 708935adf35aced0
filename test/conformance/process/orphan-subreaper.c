/* process: orphans go to the nearest subreaper, which can wait for them.
 *
 * prctl(2), PR_SET_CHILD_SUBREAPER.
 */
#include "case.h"

int main(void) {
  int channel[2], value = -1;
  must("pipe", pipe(channel));
  show("PR_GET_CHILD_SUBREAPER", prctl(PR_GET_CHILD_SUBREAPER, &value));
  show("it is", value);
  show("PR_SET_CHILD_SUBREAPER", prctl(PR_SET_CHILD_SUBREAPER, 1));
  pid_t self = getpid();
  struct gate orphaned = gate_make(), looked = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    pid_t mine = getpid();
    pid_t grandchild = spawn();
    if (grandchild == 0) {
      prctl(PR_GET_CHILD_SUBREAPER, &value);
      check("grandchild's own flag is off", value == 0);
      check("grandchild starts with its parent", getppid() == mine);
      gate_open(looked);
      gate_wait(orphaned);
      check("grandchild now belongs to the subreaper", getppid() == self);
      _exit(33);
    }
    must("write", write(channel[1], &grandchild, sizeof grandchild));
    gate_wait(looked);
    _exit(0);
  }
  pid_t grandchild;
  must("read", read(channel[0], &grandchild, sizeof grandchild));
  reap("child", child);
  gate_open(orphaned);
  reap("orphan", grandchild);
  return 0;
}
