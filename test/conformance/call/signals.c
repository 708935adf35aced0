/* call: signals that arrive at any moment of a system call are delivered, and disturb nothing.
 *
 * signal(7): a handler runs between two instructions of the program; a blocked read is interrupted by it.
 */
#include "case.h"

#include <sys/time.h>
#include <ucontext.h>

static volatile sig_atomic_t ticks;
static volatile uint64_t last_place;

/* Where it was interrupted is memory of the program's that may be executed: its maps say so. */
static void tick(int number, siginfo_t *info, void *context) {
  uint64_t at = (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  last_place = at;
  ticks++;
}

static int is_text(uint64_t place) {
  static struct { uint64_t start, end; } text[64];
  static size_t count;
  if (count == 0) {
    char line[512], mode[8];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps) != NULL && count < COUNT(text))
      if (sscanf(line, "%lx-%lx %7s", &text[count].start, &text[count].end, mode) == 3 && mode[2] == 'x') count++;
    fclose(maps);
  }
  if (place == 0) return 1;
  for (size_t i = 0; i < count; i++)
    if (place >= text[i].start && place < text[i].end) return 1;
  return 0;
}

int main(void) {
  int ends[2];
  pid_t parent = getppid(), self = getpid();
  struct sigaction action = { .sa_sigaction = tick, .sa_flags = SA_SIGINFO };
  sigaction(SIGALRM, &action, NULL);
  alarm(0);
  struct itimerval every = { { 0, 700 }, { 0, 700 } };
  must("setitimer", setitimer(ITIMER_REAL, &every, NULL));
  int right = 0;
  while (ticks < 300) {
    right = getppid() == parent && getpid() == self && is_text(last_place);
    if (!right) break;
  }
  check("300 signals between calls: every result right, every place the program's own", right);
  must("pipe", pipe(ends));
  char byte;
  int interrupted = 0;
  for (int i = 0; i < 50; i++) interrupted += read(ends[0], &byte, 1) == -1 && errno == EINTR;
  say("interrupted reads: %d", interrupted);
  setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 0 } }, NULL);
  sigset_t all;
  sigfillset(&all);
  for (int i = 0; i < 20; i++) {
    sigprocmask(SIG_BLOCK, &all, NULL);
    int before = ticks;
    raise(SIGALRM);
    if (ticks != before) say("delivered while blocked");
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    if (ticks != before + 1) say("not delivered at once when unblocked");
  }
  say("done");
  return 0;
}
