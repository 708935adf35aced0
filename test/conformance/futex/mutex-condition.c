/* futex: pthread mutexes, conditions, semaphores, barriers and rwlocks keep their promises under contention.
 *
 * pthread_mutex_lock(3), pthread_cond_wait(3), sem_wait(3), pthread_barrier_wait(3), pthread_rwlock_rdlock(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static long counter, turn, seen, torn, pair[2], serial;

static void *work(void *index) {
  for (int i = 0; i < 5000; i++) {
    pthread_mutex_lock(&mutex);
    counter++;
    pthread_mutex_unlock(&mutex);
  }
  if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
  for (int i = 0; i < 100; i++) { /* take turns */
    pthread_mutex_lock(&mutex);
    while (turn % 4 != (long)index) pthread_cond_wait(&condition, &mutex);
    turn++;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
  }
  for (int i = 0; i < 500; i++) {
    if ((long)index == 0) {
      pthread_rwlock_wrlock(&rwlock);
      pair[0]++, pair[1]++;
    } else {
      pthread_rwlock_rdlock(&rwlock);
      if (pair[0] != pair[1]) torn++;
    }
    pthread_rwlock_unlock(&rwlock);
  }
  for (int i = 0; i < 100; i++) sem_post(&semaphore);
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  pthread_barrier_init(&barrier, NULL, 4);
  sem_init(&semaphore, 0, 0);
  for (long i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < 400; i++) seen += sem_wait(&semaphore) == 0;
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  say("counter %ld, serial threads %ld, turns %ld, torn reads %ld, writes %ld, posts %ld", counter, serial, turn, torn,
      pair[0], seen);
  show_error("trylock", pthread_mutex_trylock(&mutex));
  show_error("trylock again", pthread_mutex_trylock(&mutex));
  struct timespec past = { 1, 0 };
  show_error("timedlock in the past", pthread_mutex_timedlock(&mutex, &past));
  show_error("cond_timedwait in the past", pthread_cond_timedwait(&condition, &mutex, &past));
  show("sem_timedwait in the past", sem_timedwait(&semaphore, &past));
  return 0;
}
