/* tty: ^C, ^\ and ^Z send signals to the foreground process group and flush the input.
 *
 * termios(3), ISIG; tcsetpgrp(3).
 */
#include "case.h"
#include <pty.h>
#include <sys/ioctl.h>

int main(void) {
  int master, slave, status;
  struct gate ready = gate_make();
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  const struct { const char *name, *key; } keys[] = { { "^C", "\003" }, { "^\\", "\034" }, { "^Z", "\032" } };
  for (size_t i = 0; i < COUNT(keys); i++) {
    pid_t session = spawn();
    if (session == 0) {
      must("setsid", setsid());
      must("TIOCSCTTY", ioctl(slave, TIOCSCTTY, 0));
      pid_t job = spawn();
      if (job == 0) {
        must("setpgid", setpgid(0, 0));
        signal(SIGTTOU, SIG_IGN);
        must("tcsetpgrp", tcsetpgrp(slave, getpid()));
        signal(SIGTTOU, SIG_DFL);
        gate_open(ready);
        for (;;) pause();
      }
      must("waitpid", waitpid(job, &status, WUNTRACED));
      show_status(keys[i].name, status);
      if (WIFSTOPPED(status)) {
        kill(job, SIGKILL);
        must("waitpid", waitpid(job, &status, 0));
      }
      signal(SIGHUP, SIG_IGN);
      _exit(0);
    }
    gate_wait(ready);
    must("write", write(master, "typed", 5));
    must("write", write(master, keys[i].key, 1));
    reap("session", session);
    int left = -1;
    ioctl(slave, FIONREAD, &left);
    show("input was flushed", left);
    close(slave), close(master);
    must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  }
  return 0;
}
