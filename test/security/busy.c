/*
 * A busy tree of processes: forks, execs and threads without end, for whoever wants to kill it.
 */
#include "attack.h"

static void *nothing(void *unused) {
  (void)unused;
  return NULL;
}

int main(int argc, char **argv) {
  if (argc > 1) return 0; /* the exec'd one */
  puts("busy");
  fflush(stdout);
  if (fork() == 0 && fork() == 0) fork();
  for (;;) {
    pid_t child = fork();
    if (child == 0) {
      execl("/proc/self/exe", argv[0], "end", NULL);
      execl(argv[0], argv[0], "end", NULL);
      _exit(1);
    }
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
      if (pthread_create(&threads[i], NULL, nothing, NULL) != 0) threads[i] = 0;
    for (int i = 0; i < 3; i++)
      if (threads[i] != 0) pthread_join(threads[i], NULL);
    if (child > 0) waitpid(child, NULL, 0);
  }
}
