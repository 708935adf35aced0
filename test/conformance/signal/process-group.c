/* signal: kill(-pgid) and kill(0) reach every member of a group; kill() needs matching users.
 *
 * kill(2).
 */
#include "case.h"

int main(void) {
  struct gate ready = gate_make();
  pid_t members[3], group = 0;
  for (int i = 0; i < 3; i++) {
    members[i] = spawn();
    if (members[i] == 0) {
      gate_open(ready);
      for (;;) pause();
    }
    must("setpgid", setpgid(members[i], group));
    if (i == 0) group = members[0];
  }
  for (int i = 0; i < 3; i++) gate_wait(ready);
  show("signal 0 to the group", kill(-group, 0));
  show("SIGTERM to the group", killpg(group, SIGTERM));
  for (int i = 0; i < 3; i++) reap("member", members[i]);
  show("to the group that is gone", kill(-group, 0));

  pid_t leader = spawn();
  if (leader == 0) {
    must("setpgid", setpgid(0, 0));
    pid_t member = spawn();
    if (member == 0)
      for (;;) pause();
    signal(SIGUSR1, SIG_IGN);
    show("kill(0)", kill(0, SIGUSR1));
    reap("member", member);
    _exit(0);
  }
  reap("leader", leader);

  pid_t target = spawn();
  if (target == 0)
    for (;;) pause();
  pid_t user = spawn();
  if (user == 0) {
    must("setresuid", setresuid(1000, 1000, 1000));
    show("a user signals root's process", kill(target, SIGTERM));
    show("even signal 0", kill(target, 0));
    show("SIGCONT in the same session", kill(target, SIGCONT));
    show("itself", kill(getpid(), 0));
    _exit(0);
  }
  reap("user", user);
  kill(target, SIGKILL);
  reap("target", target);
  return 0;
}
