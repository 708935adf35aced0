/* thread: 200 threads live at once, with their own ids, stacks and thread-local storage.
 *
 * pthread_create(3), gettid(2).
 */
// flags: -pthread
#include "case.h"
#include <dirent.h>
#include <pthread.h>

static pthread_barrier_t all;
static __thread long local = 17;
static pid_t tids[200];
static void *addresses[200];

static void *body(void *index) {
  long i = (long)index;
  tids[i] = gettid();
  addresses[i] = &local;
  local += i;
  pthread_barrier_wait(&all);
  pthread_barrier_wait(&all);
  return (void *)local;
}

int main(void) {
  pthread_t threads[200];
  pthread_barrier_init(&all, NULL, 201);
  for (long i = 0; i < 200; i++)
    if (pthread_create(&threads[i], NULL, body, (void *)i)) say("cannot create %ld", i);
  pthread_barrier_wait(&all);
  int equal = 0, wrong = 0;
  for (int i = 0; i < 200; i++)
    for (int j = 0; j < i; j++) equal += tids[i] == tids[j] || addresses[i] == addresses[j];
  show("equal ids or addresses", equal);
  DIR *directory = opendir("/proc/self/task");
  int tasks = 0;
  for (struct dirent *entry; (entry = readdir(directory));) tasks += entry->d_name[0] != '.';
  show("tasks in /proc", tasks);
  check("a thread id names its process group too", getpgid(tids[5]) == getpgrp());
  pthread_barrier_wait(&all);
  for (long i = 0; i < 200; i++) {
    void *result;
    pthread_join(threads[i], &result);
    wrong += (long)result != 17 + i;
  }
  show("wrong results", wrong);
  show("our own local", local);
  return 0;
}
