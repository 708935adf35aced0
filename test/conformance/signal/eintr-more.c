/* signal: accept, eventfd reads, flock and futex restart with SA_RESTART; msgrcv never does; all know EINTR.
 *
 * signal(7), "Interruption of system calls and library functions by signal handlers".
 */
#include "case.h"
#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address = { AF_UNIX, "sock" };
static int listener, counter, lock, queue, word;
static volatile int calls, finish_at;
static void (*volatile finish)(void);

/** The finishing tick makes the blocked call able to succeed, should it be restarted. */
static void handler(int number) {
  if (++calls == finish_at) finish();
}

static long do_accept(void) { return accept(listener, NULL, NULL) == -1 ? -1 : 0; }
static void connect_(void) {
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  must("connect", connect(client, (struct sockaddr *)&address, sizeof address));
}
static long do_eventfd(void) { eventfd_t value; return eventfd_read(counter, &value); }
static void add(void) { eventfd_write(counter, 1); }
static long do_flock(void) { return flock(open("lock", O_RDONLY), LOCK_EX); }
static void unlock(void) { flock(lock, LOCK_UN); }
static long do_futex(void) { return syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0); }
static void change(void) { word = 1; }
static long do_msgrcv(void) { long message[4]; return msgrcv(queue, message, 8, 0, 0); }
static long do_fifo(void) { return open("fifo", O_RDONLY); }

static void run(const char *name, long (*call)(void), void (*then)(void)) {
  char line[64];
  calls = 0, finish_at = -1, finish = then;
  on_signal(SIGUSR1, handler, 0);
  pid_t ticker = tick_start(SIGUSR1);
  snprintf(line, sizeof line, "%s, no SA_RESTART", name);
  show(line, call());
  calls = 0, finish_at = then ? 4 : -1;
  on_signal(SIGUSR1, handler, SA_RESTART);
  snprintf(line, sizeof line, "%s, SA_RESTART", name);
  if (call != do_fifo) show(line, call());
  tick_stop(ticker);
}

int main(void) {
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  must("bind", bind(listener, (struct sockaddr *)&address, sizeof address)), must("listen", listen(listener, 8));
  must("mkfifo", mkfifo("fifo", 0644));
  counter = eventfd(0, 0), queue = must("msgget", msgget(IPC_PRIVATE, 0600));
  lock = must("open", open("lock", O_CREAT | O_RDWR, 0644));
  must("flock", flock(lock, LOCK_EX));
  run("accept", do_accept, connect_), run("eventfd read", do_eventfd, add), run("flock", do_flock, unlock);
  run("futex, whose word changes", do_futex, change);
  run("msgrcv", do_msgrcv, NULL), run("open of a fifo", do_fifo, NULL);
  msgctl(queue, IPC_RMID, NULL);
  return 0;
}
