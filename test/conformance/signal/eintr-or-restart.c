/* signal: slow calls fail with EINTR, or restart when the handler has SA_RESTART.
 *
 * signal(7), "Interruption of system calls and library functions by signal handlers".
 */
#include "case.h"
#include <sys/socket.h>

static int pipe_ends[2], pair[2], listener;
static pid_t idle;
static volatile int calls, finish_at;

static void handler(int number) {
  if (++calls != finish_at) return;
  must("write", write(pipe_ends[1], "x", 1));
  must("send", send(pair[1], "y", 1, 0));
  kill(idle, SIGKILL);
}

static long do_read(void) { char byte; return read(pipe_ends[0], &byte, 1); }
static long do_recv(void) { char byte; return recv(pair[0], &byte, 1, 0); }
static long do_wait(void) { return waitpid(idle, NULL, 0) == -1 ? -1 : 0; }
static long do_flock(void) { return fcntl(listener, F_SETLKW, &(struct flock){ .l_type = F_WRLCK }); }

static void run(const char *name, long (*call)(void)) {
  idle = spawn();
  if (idle == 0) {
    if (call == do_flock) must("lock", do_flock());
    must("write", write(pipe_ends[1], "r", 1));
    for (;;) pause();
  }
  char byte;
  must("read", read(pipe_ends[0], &byte, 1));
  on_signal(SIGUSR1, handler, 0);
  finish_at = -1;
  pid_t ticker = tick_start(SIGUSR1);
  char line[64];
  snprintf(line, sizeof line, "%s, no SA_RESTART", name);
  show(line, call());
  on_signal(SIGUSR1, handler, SA_RESTART);
  calls = 0, finish_at = 4;
  snprintf(line, sizeof line, "%s, SA_RESTART", name);
  show(line, call());
  check("  several ticks came first", calls >= 4);
  tick_stop(ticker);
  while (waitpid(idle, NULL, 0) == -1 && errno == EINTR) {}
  while (recv(pair[0], &byte, 1, MSG_DONTWAIT) > 0) {}
  if (call != do_read) must("read", read(pipe_ends[0], &byte, 1));
}

int main(void) {
  must("pipe", pipe(pipe_ends));
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  listener = must("open", open("lock", O_CREAT | O_RDWR, 0644));
  run("read of a pipe", do_read);
  run("recv of a socket", do_recv);
  run("waitpid", do_wait);
  run("fcntl F_SETLKW", do_flock);
  return 0;
}
