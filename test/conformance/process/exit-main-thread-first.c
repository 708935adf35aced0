/* process: a process whose main thread exits lives on until its last thread does.
 *
 * pthread_exit(3), exit(2): the exit code of exit_group wins over the leader's.
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static struct gate go;

static void *last_by_group(void *unused) {
  gate_wait(go);
  say("thread runs after the leader's end, getpid still works: %d", getpid() != gettid());
  _exit(12);
}

static void *last_by_thread(void *unused) {
  gate_wait(go);
  syscall(SYS_exit, 34);
  return NULL;
}

static void run(const char *name, void *(*body)(void *)) {
  go = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, body, NULL);
    syscall(SYS_exit, 34);
  }
  char path[64], line[512], state;
  snprintf(path, sizeof path, "/proc/%d/stat", child);
  do {
    state = *(strrchr(slurp(path, line, sizeof line), ')') + 2);
    sched_yield();
  } while (state != 'Z');
  show("leader is a zombie but not waitable", waitpid(child, NULL, WNOHANG));
  gate_open(go);
  reap(name, child);
}

int main(void) {
  run("ended by exit_group of the last thread", last_by_group);
  run("ended by exit of the last thread", last_by_thread);
  return 0;
}
