/* call: a call that makes a process returns right in both, however often it was made from one place.
 *
 * syscall(2), fork(2), vfork(2), clone(2): the child's first instruction is the one behind the parent's call.
 */
#include "case.h"

#include <pthread.h>

enum { ROUNDS = 700 };

static int child_ends_with(long child, int wanted) {
  int status;
  if (waitpid((pid_t)child, &status, 0) != child) return 0;
  return WIFEXITED(status) && WEXITSTATUS(status) == wanted;
}

static void *thread(void *argument) {
  long parent = syscall(SYS_getppid);
  return (void *)(intptr_t)(parent == getppid());
}

int main(void) {
  int right = 0;
  pid_t self = getpid();
  for (int i = 0; i < ROUNDS; i++) {
    long child = syscall(SYS_fork);
    if (child == 0) _exit(syscall(SYS_getppid) == self ? i % 100 : 255);
    right += child_ends_with(child, i % 100);
  }
  say("by syscall(SYS_fork): %d of %d", right, ROUNDS);
  right = 0;
  for (int i = 0; i < 100; i++) {
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
      long grandchild = syscall(SYS_fork);
      if (grandchild == 0) _exit(7);
      _exit(child_ends_with(grandchild, 7) ? i : 255);
    }
    right += child_ends_with(child, i);
  }
  say("by syscall(SYS_clone): %d of 100", right);
  right = 0;
  for (int i = 0; i < 100; i++) {
    pid_t child = vfork();
    if (child == 0) _exit(i);
    right += child_ends_with(child, i);
  }
  say("by vfork: %d of 100", right);
  right = 0;
  for (int i = 0; i < 100; i++) {
    pthread_t other;
    void *result = NULL;
    must("pthread_create", -pthread_create(&other, NULL, thread, NULL));
    pthread_join(other, &result);
    right += result != NULL;
  }
  say("threads: %d of 100", right);
  return 0;
}
