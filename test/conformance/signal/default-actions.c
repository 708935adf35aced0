/* signal: each signal's default action: terminate, dump core, stop, or nothing.
 *
 * signal(7), "Standard signals".
 */
#include "case.h"

int main(void) {
  for (int number = 1; number <= 64; number++) {
    if (number == 32 || number == 33) continue; /* the C library's own */
    struct gate alive = gate_make(), go = gate_make();
    pid_t child = spawn();
    if (child == 0) {
      gate_wait(go);
      /* A group of its own, whose parent is in the session: the terminal's stop signals count. */
      setpgid(0, 0);
      if (!(number == SIGKILL || number == SIGSTOP)) signal(number, SIG_DFL);
      kill(getpid(), number);
      gate_open(alive);
      _exit(0);
    }
    gate_open(go);
    int status;
    must("waitpid", waitpid(child, &status, WUNTRACED));
    show_status(signal_name(number), status & ~0x80);
    if (WIFSTOPPED(status)) {
      kill(child, SIGCONT);
      reap("  continued", child);
    }
    close(alive.ends[0]), close(alive.ends[1]), close(go.ends[0]), close(go.ends[1]);
  }
  return 0;
}
