/* calls: system calls that decide little, reads of the clock, and signals to oneself. */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/stat.h>
#include "timing.h"

static volatile sig_atomic_t caught;
static void on_signal(int number) {
  (void)number;
  caught = caught + 1;
}

static void run_getppid(long count) {
  while (count-- > 0) NEED(getppid() >= 0);
}

static void run_getuid(long count) {
  while (count-- > 0) (void)getuid();
}

static void run_umask(long count) {
  while (count-- > 0) (void)umask(022);
}

static void run_sched_yield(long count) {
  while (count-- > 0) NEED(sched_yield() == 0);
}

static void run_clock_gettime(long count) {
  struct timespec t;
  while (count-- > 0) NEED(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
}

static void run_nanosleep(long count) {
  struct timespec t = {.tv_nsec = 1000};
  while (count-- > 0) NEED(nanosleep(&t, NULL) == 0);
}

static void prepare_signal(void) { NEED(signal(SIGUSR1, on_signal) != SIG_ERR); }

static void run_signal(long count) {
  pid_t me = getpid();
  sig_atomic_t before = caught;
  for (long i = 0; i < count; i++) NEED(kill(me, SIGUSR1) == 0);
  NEED(caught - before == count);
}

static void run_sigaction(long count) {
  struct sigaction action = {.sa_handler = on_signal};
  while (count-- > 0) NEED(sigaction(SIGUSR2, &action, NULL) == 0);
}

static void run_sigprocmask(long count) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  while (count-- > 0) NEED(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static const struct operation operations[] = {
    {"getppid", run_getppid, NULL, 0},
    {"getuid", run_getuid, NULL, 0},
    {"umask", run_umask, NULL, 0},
    {"sched_yield", run_sched_yield, NULL, 0},
    {"clock_gettime", run_clock_gettime, NULL, 0},
    {"nanosleep", run_nanosleep, NULL, 0},
    {"signal", run_signal, prepare_signal, 0},
    {"sigaction", run_sigaction, NULL, 0},
    {"sigprocmask", run_sigprocmask, NULL, 0},
    {0},
};

int main(int argc, char **argv) { return measure(operations, argc, argv); }
