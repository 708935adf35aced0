/* process: waitpid(0) and waitpid(-pgid) choose children by process group.
 *
 * wait(2): "< -1", "0"; setpgid(2).
 */
#include "case.h"

int main(void) {
  struct gate go = gate_make();
  pid_t mine = spawn();
  if (mine == 0) {
    gate_wait(go);
    _exit(1);
  }
  pid_t other = spawn();
  if (other == 0) {
    gate_wait(go);
    _exit(2);
  }
  must("setpgid", setpgid(other, other));
  show("nothing ended in our group", waitpid(0, NULL, WNOHANG));
  show("nothing ended in its group", waitpid(-other, NULL, WNOHANG));
  gate_open(go), gate_open(go);
  int status;
  check("waitpid(0) returns ours", waitpid(0, &status, 0) == mine);
  show_status("  status", status);
  show("waitpid(0) again", waitpid(0, &status, 0));
  siginfo_t info;
  show("waitid P_PGID", waitid(P_PGID, other, &info, WEXITED | WNOWAIT));
  check("waitpid(-group) returns the other", waitpid(-other, &status, 0) == other);
  show_status("  status", status);
  show("waitpid(-group) again", waitpid(-other, &status, 0));
  return 0;
}
