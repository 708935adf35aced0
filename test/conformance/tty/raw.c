/* tty: in raw mode VMIN and VTIME decide when read() returns.
 *
 * termios(3), "Canonical and noncanonical mode".
 */
#include "case.h"
#include <poll.h>
#include <pty.h>

static int master, slave;

static void mode(int min, int time) {
  struct termios raw;
  must("tcgetattr", tcgetattr(slave, &raw));
  cfmakeraw(&raw);
  raw.c_cc[VMIN] = min, raw.c_cc[VTIME] = time;
  must("tcsetattr", tcsetattr(slave, TCSANOW, &raw));
}
static void type(const char *keys) { must("write", write(master, keys, strlen(keys))); }
static void read_(const char *name, size_t size) {
  char bytes[64];
  text(name, bytes, read(slave, bytes, size));
}

int main(void) {
  char bytes[64];
  must("openpty", openpty(&master, &slave, NULL, NULL, NULL));
  mode(1, 0);
  type("ab\177\003\r\n");
  read_("no editing, no signals, no translation", 64);
  must("write", write(slave, "x\ny", 3));
  text("no output processing", bytes, read(master, bytes, 64));
  mode(0, 0);
  read_("VMIN 0 VTIME 0, nothing", 64);
  type("q");
  poll(&(struct pollfd){ slave, POLLIN, 0 }, 1, -1);
  read_("VMIN 0 VTIME 0, something", 64);
  mode(0, 1);
  int64_t start = now_ns(CLOCK_MONOTONIC);
  read_("VMIN 0 VTIME 1, nothing", 64);
  check("waited a tenth of a second", now_ns(CLOCK_MONOTONIC) - start >= 90000000);
  mode(3, 0);
  pid_t child = spawn();
  if (child == 0) {
    read_("VMIN 3 waits for three", 64);
    _exit(0);
  }
  until_asleep(child);
  type("a"), type("b");
  until_asleep(child);
  type("c");
  reap("child", child);
  type("12");
  read_("a read of two with VMIN 3", 2);
  mode(2, 1);
  type("z");
  read_("VMIN 2 VTIME 1: the timer starts with the first byte", 64);
  type("flushed");
  show("tcflush", tcflush(slave, TCIFLUSH));
  fcntl(slave, F_SETFL, O_NONBLOCK);
  read_("nothing is left, O_NONBLOCK", 64);
  return 0;
}
