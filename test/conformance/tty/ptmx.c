/* tty: /dev/ptmx makes pairs with numbers; a slave is locked until unlockpt().
 *
 * pty(7), pts(4), ptmx(4).
 */
#include "case.h"
#include <sys/ioctl.h>
#include <termios.h>

int main(void) {
  char name[64];
  int lock = -1, number = -1;
  int master = must("open", open("/dev/ptmx", O_RDWR | O_NOCTTY));
  show("TIOCGPTN", ioctl(master, TIOCGPTN, &number));
  must("ptsname", ptsname_r(master, name, sizeof name) ? -1 : 0);
  check("ptsname is /dev/pts/NUMBER", atoi(name + 9) == number);
  show("TIOCGPTLCK", ioctl(master, TIOCGPTLCK, &lock));
  show("locked", lock);
  show("open while locked", open(name, O_RDWR | O_NOCTTY));
  show("unlockpt", unlockpt(master));
  int slave = open(name, O_RDWR | O_NOCTTY);
  show_ok("open", slave);
  struct stat info;
  must("fstat", fstat(slave, &info));
  say("character device %d, mode %o", S_ISCHR(info.st_mode), info.st_mode & 07777);
  int second = must("open", open("/dev/ptmx", O_RDWR | O_NOCTTY)), other;
  must("TIOCGPTN", ioctl(second, TIOCGPTN, &other));
  check("another number", other != number);
  show("TIOCGPTN of a slave", ioctl(slave, TIOCGPTN, &number));
  int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  show_ok("TIOCGPTPEER", peer);
  struct termios mode;
  show("tcgetattr of the master", tcgetattr(master, &mode));
  show("tcgetattr of a pipe", tcgetattr(1, &mode));
  mode.c_lflag &= ~(ECHO | ICANON);
  must("tcsetattr", tcsetattr(master, TCSANOW, &mode));
  must("write", write(master, "typed", 5));
  char bytes[16];
  text("the slave reads", bytes, read(peer, bytes, 16));
  show("unknown ioctl", ioctl(slave, 0x54ff));
  show("lseek", lseek(slave, 0, SEEK_SET));
  return 0;
}
