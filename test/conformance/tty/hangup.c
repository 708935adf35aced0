/* tty: closing the master hangs up: SIGHUP to the session, EIO and end of file on the slave.
 *
 * pty(7); POSIX "Modem Disconnect".
 */
#include "case.h"
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>

int main(void) {
  int master, slave;
  char byte;
  struct gate ready = gate_make();
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  pid_t session = spawn();
  if (session == 0) {
    close(master);
    must("setsid", setsid()), must("TIOCSCTTY", ioctl(slave, TIOCSCTTY, 0));
    gate_open(ready);
    for (;;) pause();
  }
  gate_wait(ready);
  close(master);
  reap("session leader", session);
  show("read", read(slave, &byte, 1));
  show("write", write(slave, "x", 1));
  show("ioctl", ioctl(slave, TIOCGWINSZ, &(struct winsize){ 0 }));
  struct pollfd poller = { slave, POLLIN | POLLOUT, 0 };
  show("poll", poll(&poller, 1, 0));
  check("POLLHUP", poller.revents & POLLHUP);
  close(slave);
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  must("write", write(slave, "last words", 10));
  close(slave);
  char bytes[32];
  text("the master reads what was written", bytes, read(master, bytes, 32));
  show("then, without any slave", read(master, bytes, 32));
  poller = (struct pollfd){ master, POLLIN, 0 };
  must("poll", poll(&poller, 1, 0));
  check("POLLHUP", poller.revents & POLLHUP);
  char name[64];
  must("ptsname", ptsname_r(master, name, sizeof name) ? -1 : 0);
  show_ok("the slave can be opened again", open(name, O_RDWR | O_NOCTTY));
  close(master);
  show("not after the master's close", open(name, O_RDWR | O_NOCTTY));
  return 0;
}
