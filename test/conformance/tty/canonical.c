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

/** Echo comes a moment after the line: wait until as many bytes are there as we expect, or nothing more comes. */
static void echoed(const char *name, ssize_t expected) {
  char bytes[256];
  ssize_t have = 0;
  while (have < expected && poll(&(struct pollfd){ master, POLLIN, 0 }, 1, 2000) == 1)
    have += must("read", read(master, bytes + have, sizeof bytes - have));
  text(name, bytes, have);
  if (poll(&(struct pollfd){ master, POLLIN, 0 }, 1, 0)) say("  and more");
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
  line("complete line", 256), echoed("echo", 7);
  type("abx\177c\n");
  line("erased", 256), echoed("echo", 9);
  type("forget me\025kept\n");
  line("killed", 256), echoed("echo", 42);
  type("two words\027one\n");
  line("word erased", 256), echoed("echo", 29);
  type("no newline\004");
  line("VEOF ends a line", 256), echoed("echo", 10);
  type("\004");
  line("VEOF alone is the end of the file", 256);
  type("first\nsecond\n");
  must("poll", poll(&(struct pollfd){ slave, POLLIN, 0 }, 1, -1)); /* input arrives asynchronously */
  ioctl(slave, FIONREAD, &left);
  show("FIONREAD", left);
  line("one line at a time", 256), line("then the next", 3), line("in pieces", 256);
  type("carriage return\r");
  line("ICRNL", 256), echoed("everything echoed", 32);
  type("\001\033[A\n");
  line("control characters", 256), echoed("are echoed as ^X", 8);
  type("literal \026\003\n");
  line("VLNEXT", 256), echoed("echo", 14);
  must("write", write(slave, "out\n\tput\n", 9));
  echoed("output: ONLCR", 11);
  mode.c_lflag &= ~ECHO;
  must("tcsetattr", tcsetattr(slave, TCSANOW, &mode));
  type("secret\n");
  line("without echo", 256), echoed("nothing", 0);
  return 0;
}
