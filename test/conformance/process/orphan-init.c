/* process: without a subreaper an orphan goes to pid 1 of its pid namespace.
 *
 * credentials(7); pid_namespaces(7): the namespace's init adopts orphans, and its end kills the rest.
 */
#include "case.h"

int main(void) {
  must("unshare", unshare(CLONE_NEWPID));
  pid_t init = spawn();
  if (init == 0) {
    show("the first child's pid", getpid());
    check("its parent is outside", getppid() == 0);
    struct gate orphaned = gate_make();
    pid_t child = spawn();
    if (child == 0) {
      if (spawn() == 0) {
        gate_wait(orphaned);
        show("the orphan's parent", getppid());
        _exit(44);
      }
      _exit(0);
    }
    show("child's pid", child);
    reap("child", child);
    gate_open(orphaned);
    int status;
    show("init waits for", wait(&status));
    show_status("orphan", status);
    if (spawn() == 0)
      for (;;) pause();
    kill(getpid(), SIGTERM); /* init is immune to signals it does not handle */
    say("init outlives its own SIGTERM");
    _exit(55);
  }
  reap("init", init);
  return 0;
}
