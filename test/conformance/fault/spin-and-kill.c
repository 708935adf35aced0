/* fault: threads that block every signal and spin are ended by SIGKILL and by exit_group at once.
 *
 * signal(7): SIGKILL cannot be caught, blocked or ignored.
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static struct gate ready;

static void *spin(void *unused) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  gate_open(ready);
  while (hidden(1)) {}
  return NULL;
}

static pid_t start(void) {
  pid_t child = spawn();
  if (child == 0) {
    pthread_t thread;
    for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, spin, NULL);
    spin(NULL);
  }
  for (int i = 0; i < 4; i++) gate_wait(ready);
  return child;
}

int main(void) {
  int status;
  ready = gate_make();
  pid_t child = start();
  for (int number = 1; number < 32; number++)
    if (number != SIGKILL && number != SIGSTOP && number != SIGCONT) kill(child, number);
  show("blocked signals do nothing", waitpid(child, &status, WNOHANG));
  kill(child, SIGSTOP);
  must("waitpid", waitpid(child, &status, WUNTRACED));
  show_status("SIGSTOP cannot be blocked", status);
  kill(child, SIGCONT);
  kill(child, SIGKILL);
  reap("SIGKILL", child);
  child = start();
  kill(child, SIGKILL);
  reap("SIGKILL while spinning", child);
  child = start();
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", child);
  char text_[4096];
  check("it can be looked at while it spins", strstr(slurp(path, text_, sizeof text_), "\nThreads:\t4\n") != NULL);
  kill(child, SIGKILL);
  reap("SIGKILL", child);
  return 0;
}
