/* call: threads that make the same calls at the same time each get their own results.
 *
 * clone(2): threads share memory, and with it the code that makes their system calls.
 */
#include "case.h"

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 3000 };
static pthread_barrier_t start;

static void *worker(void *argument) {
  intptr_t wrong = 0;
  pid_t self = (pid_t)syscall(SYS_gettid), parent = getppid();
  int fd = open("/dev/null", O_RDWR);
  pthread_barrier_wait(&start);
  for (int i = 0; i < ROUNDS; i++) {
    wrong += gettid() != self;
    wrong += getppid() != parent;
    wrong += lseek(fd, 0, SEEK_CUR) != 0;
    wrong += close(-1) != -1 || errno != EBADF;
  }
  close(fd);
  return (void *)wrong;
}

int main(void) {
  pthread_t threads[THREADS];
  pthread_barrier_init(&start, NULL, THREADS);
  for (int i = 0; i < THREADS; i++) must("pthread_create", -pthread_create(&threads[i], NULL, worker, NULL));
  for (int i = 0; i < THREADS; i++) {
    void *wrong;
    pthread_join(threads[i], &wrong);
    say("wrong results: %ld", (long)wrong);
  }
  /* Children of a process whose threads have gone make the same calls. */
  for (int i = 0; i < 3; i++) {
    pid_t parent = getpid(), child = spawn();
    if (child == 0) {
      for (int j = 0; j < 100; j++)
        if (getppid() != parent) _exit(1);
      _exit(0);
    }
    reap("child", child);
  }
  return 0;
}
