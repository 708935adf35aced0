/* process: execve() from a thread ends the others, and the new program keeps the process id.
 *
 * execve(2): "All threads other than the calling thread are destroyed during an execve()."
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static void *sleeper(void *unused) {
  while (hidden(1)) pause();
  return NULL;
}

static void *execer(void *unused) {
  char pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  check("the caller is not the main thread", gettid() != getpid());
  execve("./missing", (char *[]){ "case", NULL }, NULL);
  say("a failed exec leaves the threads alone");
  execve("/proc/self/exe", (char *[]){ "case", pid, NULL }, NULL);
  _exit(1);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    char status[4096];
    check("same pid", atoi(argv[1]) == getpid());
    check("the only thread is the main thread", gettid() == getpid());
    check("one thread", strstr(slurp("/proc/self/status", status, sizeof status), "\nThreads:\t1\n") != NULL);
    return 5;
  }
  pid_t child = spawn();
  if (child == 0) {
    pthread_t thread;
    for (int i = 0; i < 5; i++) pthread_create(&thread, NULL, sleeper, NULL);
    pthread_create(&thread, NULL, execer, NULL);
    pthread_join(thread, NULL);
    _exit(2);
  }
  reap("child", child);
  return 0;
}
