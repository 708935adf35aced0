/* tty: background jobs that read stop with SIGTTIN, and with TOSTOP writers stop with SIGTTOU.
 *
 * termios(3), TOSTOP; credentials(7); POSIX "Terminal Access Control".
 */
#include "case.h"
#include <pty.h>
#include <sys/ioctl.h>

static int master, slave;

static void job(const char *name, void (*body)(void)) {
  int status;
  pid_t child = spawn();
  if (child == 0) {
    must("setpgid", setpgid(0, 0));
    body();
    _exit(0);
  }
  must("waitpid", waitpid(child, &status, WUNTRACED));
  show_status(name, status);
  if (WIFSTOPPED(status)) {
    kill(child, SIGKILL);
    must("waitpid", waitpid(child, &status, 0));
  }
}

static void reads(void) { char byte; if (read(slave, &byte, 1) == -1) _exit(errno == EIO ? 5 : 6); }
static void reads_ignoring(void) { signal(SIGTTIN, SIG_IGN); reads(); }
static void writes(void) { must("write", write(slave, "w", 1)); }
static void writes_ignoring(void) { signal(SIGTTOU, SIG_IGN); writes(); }
static void sets_mode(void) { struct termios mode; tcgetattr(slave, &mode);
    must("tcsetattr", tcsetattr(slave, TCSANOW, &mode)); }
static void takes_foreground(void) { must("tcsetpgrp", tcsetpgrp(slave, getpid())); }

int main(void) {
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  pid_t session = spawn();
  if (session == 0) {
    struct termios mode;
    must("setsid", setsid()), must("TIOCSCTTY", ioctl(slave, TIOCSCTTY, 0));
    job("background read", reads);
    job("background read with SIGTTIN ignored", reads_ignoring);
    job("background write", writes);
    job("background tcsetattr", sets_mode);
    job("background tcsetpgrp", takes_foreground);
    must("tcgetattr", tcgetattr(slave, &mode));
    mode.c_lflag |= TOSTOP;
    must("tcsetattr", tcsetattr(slave, TCSANOW, &mode));
    job("background write with TOSTOP", writes);
    job("background write with TOSTOP, SIGTTOU ignored", writes_ignoring);
    check("we are still the foreground", tcgetpgrp(slave) == getpgrp());
    _exit(0);
  }
  reap("session", session);
  return 0;
}
