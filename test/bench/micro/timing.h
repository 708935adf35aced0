/*
 * timing.h: how a micro-benchmark times one operation: `PROGRAM OPERATION [quick]` prints one number.
 *  - First it is repeated until caches and compilers are warm: half a second, and more where that is less
 *    than 1000 operations, up to two seconds.
 *  - Then in batches, each long enough that reading the clock does not count.
 *  - The number is the median of the batches: microseconds for one operation, or MiB/s where the
 *    operation says how many bytes it moves.
 *  - A call that fails ends the program with a sentence and status 1: no wrong path is ever timed.
 */
#pragma once
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct operation {
  const char *name;
  void (*run)(long count);
  void (*prepare)(void); /* once, before the clock starts; may be NULL */
  long bytes;            /* that one operation moves; 0 when its time is the result */
};

/* How long a batch lasts at least, in microseconds, and how many are made. */
enum { BATCH_US = 5000, BATCHES = 31 };
enum { QUICK_BATCH_US = 200, QUICK_BATCHES = 3 };
enum { WARM_US = 500000, WARM_MOST_US = 2000000, WARM_OPERATIONS = 1000 };

/* A process that the operation needs as its partner; it is killed at the end. */
static pid_t partner;

#define NEED(condition)                                                                    \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno)); \
      exit(1);                                                                             \
    }                                                                                      \
  } while (0)

static inline double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline void end_partner(void) {
  if (partner > 0) {
    kill(partner, SIGKILL);
    waitpid(partner, NULL, 0);
  }
}

/* Forks a partner that does `work` until it is killed; its failure is seen as a broken channel. */
static inline void with_partner(void (*work)(void)) {
  NEED((partner = fork()) >= 0);
  if (partner == 0) {
    work();
    _exit(1);
  }
  atexit(end_partner);
}

static inline int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double time_batch(const struct operation *op, long count) {
  double began = now_us();
  op->run(count);
  return now_us() - began;
}

static inline void warm_up(const struct operation *op) {
  double spent = 0;
  long made = 0;
  for (long count = 1; spent < WARM_US || (made < WARM_OPERATIONS && spent < WARM_MOST_US);) {
    double took = time_batch(op, count);
    spent += took;
    made += count;
    if (took < BATCH_US) count *= 2;
  }
}

static inline double median_us(const struct operation *op, int quick) {
  double batches[BATCHES];
  int wanted = quick ? QUICK_BATCHES : BATCHES;
  long count = 1;
  if (!quick) warm_up(op);
  while (time_batch(op, count) < (quick ? QUICK_BATCH_US : BATCH_US)) count *= 2;
  for (int i = 0; i < wanted; i++) batches[i] = time_batch(op, count) / (double)count;
  qsort(batches, (size_t)wanted, sizeof batches[0], compare_doubles);
  return batches[wanted / 2];
}

static inline int measure(const struct operation *table, int argc, char **argv) {
  int quick = argc > 2 && strcmp(argv[2], "quick") == 0;
  for (const struct operation *op = table; op->name != NULL; op++) {
    if (argc < 2 || strcmp(op->name, argv[1]) != 0) continue;
    if (op->prepare != NULL) op->prepare();
    double us = median_us(op, quick);
    printf("%.4f\n", op->bytes > 0 ? (double)op->bytes / 1.048576 / us : us);
    return 0;
  }
  fprintf(stderr, "usage: %s OPERATION [quick]; the operations:", argv[0]);
  for (const struct operation *op = table; op->name != NULL; op++) fprintf(stderr, " %s", op->name);
  fprintf(stderr, "\n");
  return 2;
}
