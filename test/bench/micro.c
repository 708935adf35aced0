/*
 * micro: times single operations of the kernel it runs on, one line each: "name microseconds".
 * bench.ts runs it natively and under tvisor in turns and compares.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

#define TIME(name, count, statement)                            \
  do {                                                          \
    double began = now();                                       \
    for (int i = 0; i < (count); i++) statement;                \
    printf("%s %.3f\n", name, (now() - began) / (count));       \
  } while (0)

static char buffer[1 << 20];

static void ping_pong(int rounds) {
  int there[2], back[2];
  if (pipe(there) < 0 || pipe(back) < 0) return;
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < rounds; i++)
      if (read(there[0], buffer, 1) != 1 || write(back[1], buffer, 1) != 1) break;
    _exit(0);
  }
  TIME("pipe-ping-pong", rounds, {
    if (write(there[1], buffer, 1) != 1 || read(back[0], buffer, 1) != 1) break;
  });
  waitpid(child, NULL, 0);
}

static void fork_wait(const char *program) {
  pid_t child = fork();
  if (child == 0) {
    if (program != NULL) execl(program, program, "x", (char *)NULL);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
  struct stat st;
  if (argc > 1 && strcmp(argv[1], "x") == 0) return 0;
  int file = open("/bin/sh", O_RDONLY), event = eventfd(0, 0);
  unsigned long one = 1;
  TIME("getppid", 20000, syscall(SYS_getppid));
  TIME("stat", 10000, stat("/etc/passwd", &st));
  TIME("open-close", 5000, close(open("/etc/passwd", O_RDONLY)));
  TIME("pread-4K", 10000, (void)!pread(file, buffer, 4096, 0));
  TIME("pread-64K", 3000, (void)!pread(file, buffer, 65536, 0));
  TIME("eventfd-write", 5000, (void)!write(event, &one, 8));
  TIME("mmap-touch-munmap", 2000, {
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    munmap(page, 4096);
  });
  char *heap = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  TIME("page-fault", 16384, heap[(long)i * 4096] = 1);
  munmap(heap, 64 << 20);
  ping_pong(3000);
  TIME("fork-wait", 300, fork_wait(NULL));
  TIME("fork-exec-wait", 300, fork_wait(argv[0]));
  return 0;
}
