/* tty: the window size is shared by both ends, and a change sends SIGWINCH to the foreground group.
 *
 * ioctl_tty(2), TIOCSWINSZ.
 */
#include "case.h"
#include <pty.h>
#include <sys/ioctl.h>

static int master, slave;
static struct gate told;
static void handler(int number) { gate_open(told); }

int main(void) {
  struct winsize size = { 0 };
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  told = gate_make();
  show("TIOCGWINSZ", ioctl(slave, TIOCGWINSZ, &size));
  say("at first %dx%d", size.ws_row, size.ws_col);
  struct gate ready = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    on_signal(SIGWINCH, handler, 0);
    must("setsid", setsid());
    must("TIOCSCTTY", ioctl(slave, TIOCSCTTY, 0));
    gate_open(ready);
    for (;;) pause();
  }
  gate_wait(ready);
  show("TIOCSWINSZ on the master", ioctl(master, TIOCSWINSZ, &(struct winsize){ 24, 80, 1, 2 }));
  gate_wait(told);
  say("SIGWINCH arrived");
  ioctl(slave, TIOCGWINSZ, &size);
  say("now %dx%d %d %d", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
  show("TIOCSWINSZ on the slave", ioctl(slave, TIOCSWINSZ, &(struct winsize){ 50, 100, 0, 0 }));
  gate_wait(told);
  ioctl(master, TIOCGWINSZ, &size);
  say("the master sees %dx%d", size.ws_row, size.ws_col);
  show("bad pointer", ioctl(slave, TIOCGWINSZ, bad_pointer()));
  show("of a pipe", ioctl(ready.ends[0], TIOCGWINSZ, &size));
  show("of /dev/null", ioctl(0, TIOCGWINSZ, &size));
  kill(child, SIGKILL);
  reap("child", child);
  return 0;
}
