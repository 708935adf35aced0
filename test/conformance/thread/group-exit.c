/* thread: a fatal signal to one thread ends all; a fault in one thread too; returning from main too.
 *
 * pthreads(7), signal(7), exit(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static struct gate ready;
static void *sleeper(void *unused) {
  gate_open(ready);
  while (hidden(1)) pause();
  return NULL;
}
static void *faulter(void *unused) {
  gate_wait(ready), gate_wait(ready);
  *(volatile char *)bad_pointer() = 1;
  return NULL;
}
static void *killer(void *unused) {
  gate_wait(ready), gate_wait(ready);
  pthread_kill(pthread_self(), SIGTERM);
  return NULL;
}
static void *returner(void *unused) {
  gate_wait(ready), gate_wait(ready);
  exit(9);
}

static void run(const char *name, void *(*body)(void *)) {
  pid_t child = spawn();
  if (child == 0) {
    pthread_t thread;
    ready = gate_make();
    pthread_create(&thread, NULL, sleeper, NULL), pthread_create(&thread, NULL, sleeper, NULL);
    pthread_create(&thread, NULL, body, NULL);
    pthread_join(thread, NULL);
    _exit(1);
  }
  reap(name, child);
}

int main(void) {
  run("a fault in one thread", faulter);
  run("a fatal signal to one thread", killer);
  run("exit() in one thread", returner);
  pid_t child = spawn();
  if (child == 0) {
    pthread_t thread;
    ready = gate_make();
    pthread_create(&thread, NULL, sleeper, NULL);
    gate_wait(ready);
    raise(SIGSTOP); /* stops all threads */
    _exit(4);
  }
  int status;
  must("waitpid", waitpid(child, &status, WUNTRACED));
  show_status("stopped", status);
  kill(child, SIGCONT);
  reap("continued", child);
  return 0;
}
