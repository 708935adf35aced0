/* process: RLIMIT_FSIZE cuts writes short, then sends SIGXFSZ and fails with EFBIG.
 *
 * getrlimit(2), RLIMIT_FSIZE; write(2), EFBIG.
 */
#include "case.h"
#include <sys/resource.h>

static volatile int caught;
static void handler(int number) { caught++; }

int main(void) {
  char block[100] = "";
  soft_limit(RLIMIT_FSIZE, 150);
  on_signal(SIGXFSZ, handler, 0);
  int fd = must("open", open("f", O_CREAT | O_RDWR, 0644));
  show("first 100", write(fd, block, 100));
  show("next 100 are cut", write(fd, block, 100));
  show("signals", caught);
  show("at the limit", write(fd, block, 1));
  show("signals", caught);
  show("pwrite beyond", pwrite(fd, block, 10, 1000));
  show("ftruncate beyond", ftruncate(fd, 151));
  show("ftruncate within", ftruncate(fd, 150));
  show("signals", caught);
  show("pwrite inside", pwrite(fd, block, 10, 0));
  int ends[2];
  must("pipe", pipe(ends));
  char big[1000] = "";
  show("pipes do not count", write(ends[1], big, sizeof big));
  pid_t child = spawn();
  if (child == 0) {
    signal(SIGXFSZ, SIG_DFL);
    must("write", pwrite(fd, block, 1, 200));
    _exit(0);
  }
  reap("default action", child);
  return 0;
}
