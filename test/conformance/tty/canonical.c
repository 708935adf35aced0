/* tty: canonical mode delivers edited lines: erase, kill, end of file, end of line; echo goes to the master.
 *
 * termios(3), pty(7).
 */
#include "case.h"
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>

static int master, slave;

static void type(const char *keys) { must("write", write(master, keys, strlen(keys))); }
static void echoed(const char *name) {
  char bytes[256];
  fcntl(master, F_SETFL, O_NONBLOCK);
  ssize_t got = read(master, bytes, sizeof bytes);
  fcntl(master, F_SETFL, 0);
  text(name, bytes, got);
}
static void line(const char *name, size_t size) {
  char bytes[256];
  fcntl(slave, F_SETFL, O_NONBLOCK);
  text(name, bytes, read(slave, bytes, size));
  fcntl(slave, F_SETFL, 0);
}

int main(void) {
  struct termios mode;
  int left = -1;
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  must("tcgetattr", tcgetattr(slave, &mode));
  say("ICANON %d, ECHO %d, ISIG %d, ICRNL %d, OPOST %d, ONLCR %d", !!(mode.c_lflag & ICANON), !!(mode.c_lflag & ECHO),
      !!(mode.c_lflag & ISIG), !!(mode.c_iflag & ICRNL), !!(mode.c_oflag & OPOST), !!(mode.c_oflag & ONLCR));
  type("hel");
  line("incomplete line", 256);
  type("lo\n");
  line("complete line", 256), echoed("echo");
  type("abx\177c\n");
  line("erased", 256), echoed("echo");
  type("forget me\025kept\n");
  line("killed", 256), echoed("echo");
  type("two words\027one\n");
  line("word erased", 256), echoed("echo");
  type("no newline\004");
  line("VEOF ends a line", 256), echoed("echo");
  type("\004");
  line("VEOF alone is the end of the file", 256);
  type("first\nsecond\n");
  must("poll", poll(&(struct pollfd){ slave, POLLIN, 0 }, 1, -1)); /* input arrives asynchronously */
  ioctl(slave, FIONREAD, &left);
  show("FIONREAD", left);
  line("one line at a time", 256), line("then the next", 3), line("in pieces", 256);
  type("carriage return\r");
  line("ICRNL", 256), echoed("everything echoed");
  type("\001\033[A\n");
  line("control characters", 256), echoed("are echoed as ^X");
  type("literal \026\003\n");
  line("VLNEXT", 256), echoed("echo");
  must("write", write(slave, "out\n\tput\n", 9));
  echoed("output: ONLCR");
  mode.c_lflag &= ~ECHO;
  must("tcsetattr", tcsetattr(slave, TCSANOW, &mode));
  type("secret\n");
  line("without echo", 256), echoed("nothing");
  return 0;
}
