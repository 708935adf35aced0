/*
 * repeat: `repeat TIMES [--before SCRIPT] -- COMMAND…` runs the command again and again, and prints the
 * median of its times in milliseconds, from before its fork until it was reaped. So a program is timed
 * inside a sandbox that runs already. What the command prints is thrown away; SCRIPT runs untimed
 * before each; the first run is not counted unless it is the only one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include "timing.h"

enum { MOST = 1000 };

static void run(char *const *words) {
  int status;
  pid_t child = fork();
  NEED(child >= 0);
  if (child == 0) {
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0) _exit(126);
    execvp(words[0], words);
    _exit(127);
  }
  NEED(waitpid(child, &status, 0) == child);
  if (status == 0) return;
  fprintf(stderr, "repeat: %s ended with wait status 0x%x\n", words[0], (unsigned)status);
  exit(1);
}

int main(int argc, char **argv) {
  double times[MOST];
  char *before[] = {"sh", "-c", NULL, NULL};
  int at = 2, wanted = argc > 1 ? atoi(argv[1]) : 0;
  if (at + 1 < argc && strcmp(argv[at], "--before") == 0) {
    before[2] = argv[at + 1];
    at += 2;
  }
  if (wanted < 1 || wanted > MOST || at + 1 >= argc || strcmp(argv[at], "--") != 0) {
    fprintf(stderr, "usage: repeat TIMES [--before SCRIPT] -- COMMAND...\n");
    return 2;
  }
  for (int i = wanted > 1 ? -1 : 0; i < wanted; i++) {
    if (before[2] != NULL) run(before);
    double began = now_us();
    run(argv + at + 1);
    if (i >= 0) times[i] = (now_us() - began) / 1e3;
  }
  qsort(times, (size_t)wanted, sizeof times[0], compare_doubles);
  printf("%.4f\n", times[wanted / 2]);
  return 0;
}
