/* process: exit_group() ends every thread, wherever it is.
 *
 * exit_group(2), pthread_create(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static struct gate ready;

static void *spin(void *unused) {
  gate_open(ready);
  while (hidden(1)) {}
  return NULL;
}

static void *sleeper(void *unused) {
  gate_open(ready);
  while (hidden(1)) pause();
  return NULL;
}

static void *leaver(void *unused) {
  gate_wait(ready);
  gate_wait(ready);
  syscall(SYS_exit_group, 17);
  return NULL;
}

int main(void) {
  for (int round = 0; round < 5; round++) {
    pid_t child = spawn();
    if (child == 0) {
      pthread_t thread;
      ready = gate_make();
      pthread_create(&thread, NULL, spin, NULL);
      pthread_create(&thread, NULL, sleeper, NULL);
      pthread_create(&thread, NULL, leaver, NULL);
      pthread_join(thread, NULL);
      say("the main thread outlived exit_group");
      _exit(1);
    }
    reap("group", child);
  }
  return 0;
}
