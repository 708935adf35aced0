/* futex: a robust mutex whose owner died is handed over with EOWNERDEAD.
 *
 * get_robust_list(2), pthread_mutexattr_setrobust(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static void *lock_and_leave(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}

int main(void) {
  pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(mutex, &attributes);
  pthread_t thread;
  pthread_create(&thread, NULL, lock_and_leave, mutex);
  pthread_join(thread, NULL);
  show_error("after a thread's end", pthread_mutex_lock(mutex));
  show_error("consistent", pthread_mutex_consistent(mutex));
  show_error("unlock", pthread_mutex_unlock(mutex));
  show_error("lock", pthread_mutex_lock(mutex));
  show_error("unlock", pthread_mutex_unlock(mutex));

  struct gate locked = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    pthread_mutex_lock(mutex);
    gate_open(locked);
    for (;;) pause();
  }
  gate_wait(locked);
  show_error("held by a process", pthread_mutex_trylock(mutex));
  kill(child, SIGKILL);
  show_error("waiting for it while it is killed", pthread_mutex_lock(mutex));
  reap("child", child);
  show_error("unlock without making it consistent", pthread_mutex_unlock(mutex));
  show_error("now it is lost for ever", pthread_mutex_lock(mutex));
  void *head;
  size_t length;
  show("get_robust_list", syscall(SYS_get_robust_list, 0, &head, &length));
  check("length of its head", length == 24 && head != NULL);
  show("of nobody", syscall(SYS_get_robust_list, 999999, &head, &length));
  show("set with a wrong length", syscall(SYS_set_robust_list, head, 23));
  return 0;
}
