/* signal: when a group with stopped members becomes orphaned, it gets SIGHUP and SIGCONT.
 *
 * exit(3), setpgid(2): POSIX "orphaned process group".
 */
#include "case.h"

static struct gate told;
static void handler(int number) {
  must("write", write(told.ends[1], number == SIGHUP ? "H" : "C", 1));
}

int main(void) {
  told = gate_make();
  must("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
  pid_t leader = spawn();
  if (leader == 0) {
    must("setsid", setsid());
    struct gate ready = gate_make();
    pid_t member = spawn();
    if (member == 0) {
      on_signal(SIGHUP, handler, 0);
      on_signal(SIGCONT, handler, 0);
      must("setpgid", setpgid(0, 0));
      gate_open(ready);
      for (;;) pause();
    }
    gate_wait(ready);
    int status;
    kill(member, SIGSTOP);
    must("waitpid", waitpid(member, &status, WUNTRACED));
    show_status("member", status);
    must("write", write(told.ends[1], &member, sizeof member));
    _exit(0); /* now no member of the group has a parent in another group of the session */
  }
  pid_t member;
  char letters[2];
  must("read", read(told.ends[0], &member, sizeof member));
  reap("leader", leader);
  must("read", read(told.ends[0], &letters[0], 1));
  must("read", read(told.ends[0], &letters[1], 1));
  check("SIGHUP and SIGCONT arrived", (letters[0] == 'H') != (letters[1] == 'H'));
  kill(member, SIGKILL);
  reap("member", member);
  return 0;
}
