/* processes: making, replacing and ending them, and many of them that talk (as hackbench does). */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include "timing.h"

enum { HEAP = 100 << 20, PAIRS = 10, MESSAGE = 100, MESSAGES = 100 };
extern char **environ;
static char self[4096];

static void await(pid_t child) {
  int status;
  NEED(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void run_fork(long count) {
  while (count-- > 0) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    await(child);
  }
}

static void prepare_heap(void) {
  char *heap = mmap(NULL, HEAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(heap != MAP_FAILED);
  memset(heap, 1, HEAP);
}

static void prepare_self(void) { NEED(readlink("/proc/self/exe", self, sizeof self - 1) > 0); }

static void run_fork_exec(long count, char *program) {
  char *words[] = {program, "nothing", NULL};
  while (count-- > 0) {
    pid_t child = fork();
    if (child == 0) {
      execv(program, words);
      _exit(1);
    }
    await(child);
  }
}

static void run_exec_static(long count) { run_fork_exec(count, self); }
static void run_exec_dynamic(long count) { run_fork_exec(count, "/bin/true"); }

static void run_vfork_exec(long count) {
  char *words[] = {self, "nothing", NULL};
  while (count-- > 0) {
    pid_t child = vfork();
    if (child == 0) {
      execv(self, words);
      _exit(1);
    }
    await(child);
  }
}

static void run_posix_spawn(long count) {
  char *words[] = {"/bin/true", NULL};
  for (pid_t child; count-- > 0;) {
    NEED(posix_spawn(&child, words[0], NULL, NULL, words, environ) == 0);
    await(child);
  }
}

static void send_messages(int fd) {
  static char message[MESSAGE];
  for (int i = 0; i < MESSAGES; i++)
    if (write(fd, message, MESSAGE) != MESSAGE) _exit(1);
  _exit(0);
}

static void receive_messages(int fd) {
  static char message[MESSAGE];
  for (long left = (long)MESSAGES * MESSAGE; left > 0;) {
    ssize_t got = read(fd, message, MESSAGE);
    if (got <= 0) _exit(1);
    left -= got;
  }
  _exit(0);
}

/* Ten senders and ten receivers at once; one operation is all of their messages. */
static void run_talk(long count) {
  while (count-- > 0) {
    for (int i = 0, pair[2]; i < PAIRS; i++) {
      NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
      for (int side = 0; side < 2; side++) {
        pid_t child = fork();
        NEED(child >= 0);
        if (child > 0) continue;
        close(pair[!side]);
        if (side == 0) send_messages(pair[0]);
        else receive_messages(pair[1]);
      }
      close(pair[0]);
      close(pair[1]);
    }
    for (int i = 0, status; i < 2 * PAIRS; i++) NEED(wait(&status) > 0 && status == 0);
  }
}

static const struct operation operations[] = {
    {"fork", run_fork, NULL, 0},
    {"fork-100m", run_fork, prepare_heap, 0},
    {"fork-exec-static", run_exec_static, prepare_self, 0},
    {"fork-exec-dynamic", run_exec_dynamic, NULL, 0},
    {"vfork-exec-static", run_vfork_exec, prepare_self, 0},
    {"posix_spawn-dynamic", run_posix_spawn, NULL, 0},
    {"talk-20-processes", run_talk, NULL, 0},
    {0},
};

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "nothing") == 0) return 0;
  return measure(operations, argc, argv);
}
