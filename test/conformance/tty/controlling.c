/* tty: a session leader gets a controlling terminal by opening or TIOCSCTTY, and /dev/tty names it.
 *
 * tty(4), setsid(2), ioctl_tty(2).
 */
#include "case.h"
#include <pty.h>
#include <sys/ioctl.h>

int main(void) {
  int master, slave;
  char name[64];
  must("openpty", openpty(&master, &slave, name, NULL, NULL));
  pid_t session = spawn();
  if (session == 0) {
    must("setsid", setsid());
    show("no controlling terminal", open("/dev/tty", O_RDWR));
    show("tcgetpgrp of a foreign terminal", tcgetpgrp(slave));
    show_ok("open with O_NOCTTY", open(name, O_RDWR | O_NOCTTY));
    show("still none", open("/dev/tty", O_RDWR));
    int own = open(name, O_RDWR);
    show_ok("open", own);
    int tty = open("/dev/tty", O_RDWR);
    show_ok("now there is one", tty);
    must("write", write(tty, "through /dev/tty", 16));
    check("tcgetpgrp is our group", tcgetpgrp(own) == getpgrp());
    check("tcgetsid is our session", tcgetsid(own) == getsid(0));
    pid_t child = spawn();
    if (child == 0) {
      show("TIOCSCTTY by a non-leader", ioctl(own, TIOCSCTTY, 0));
      show("tcsetpgrp to a group of another session", tcsetpgrp(own, 999999));
      show("a child has it too", open("/dev/tty", O_RDWR) >= 0 ? 0 : -1);
      must("setsid", setsid());
      show("a new session loses it", open("/dev/tty", O_RDWR));
      show("and cannot steal it", ioctl(own, TIOCSCTTY, 0));
      _exit(0);
    }
    reap("child", child);
    signal(SIGHUP, SIG_IGN), signal(SIGCONT, SIG_IGN);
    show("TIOCNOTTY", ioctl(own, TIOCNOTTY, 0));
    show("given up", open("/dev/tty", O_RDWR));
    _exit(0);
  }
  reap("session", session);
  char bytes[32];
  text("the master reads", bytes, read(master, bytes, 32));
  show("isatty of the slave", isatty(slave));
  show("isatty of a pipe", isatty(1));
  check("ttyname", strcmp(ttyname(slave), name) == 0 && strncmp(name, "/dev/pts/", 9) == 0);
  return 0;
}
