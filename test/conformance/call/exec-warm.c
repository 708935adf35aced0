/* call: a program that was executed many times before is still the one in its file.
 *
 * execve(2), proc(5) on /proc/PID/maps and /proc/PID/mem: whatever is executable in a process is what the files say,
 * and its calls work.
 */
#include "case.h"

enum { TIMES = 12 };

/* Compare every executable file mapping with its file. */
static int texts_are_files(int *count) {
  static uint8_t memory[1 << 16], file[1 << 16];
  int mem = open("/proc/self/mem", O_RDONLY), same = 1;
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[1024], mode[8], path[512];
  unsigned long start, end, offset;
  while (fgets(line, sizeof line, maps) != NULL) {
    path[0] = 0;
    if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %511s", &start, &end, mode, &offset, path) < 4) continue;
    if (strcmp(mode, "r-xp") != 0 || path[0] != '/') continue;
    int fd = open(path, O_RDONLY);
    for (unsigned long at = start; at < end; at += sizeof memory) {
      size_t length = end - at < sizeof memory ? end - at : sizeof memory;
      ssize_t in_file = pread(fd, file, length, (off_t)(offset + at - start));
      if (in_file < 0 || pread(mem, memory, length, (off_t)at) != (ssize_t)length) same = 0;
      else if (memcmp(memory, file, (size_t)in_file) != 0) same = 0;
    }
    close(fd);
    (*count)++;
  }
  fclose(maps);
  close(mem);
  return same;
}

int main(int argc, char **argv) {
  int round = argc > 1 ? atoi(argv[1]) : 0, count = 0, right = 1;
  pid_t parent = getppid(), self = getpid();
  char byte;
  int zero = open("/dev/zero", O_RDONLY);
  for (int i = 0; i < 60; i++) right &= getppid() == parent && getpid() == self && read(zero, &byte, 1) == 1;
  close(zero);
  pid_t child = spawn();
  if (child == 0) _exit(getppid() == self ? round : 255);
  int status;
  waitpid(child, &status, 0);
  right &= WEXITSTATUS(status) == round;
  int same = texts_are_files(&count);
  say("round %d: calls %s, texts %s", round, right ? "right" : "wrong", same && count >= 2 ? "right" : "wrong");
  if (round == TIMES) return 0;
  char next[16];
  snprintf(next, sizeof next, "%d", round + 1);
  execl("/proc/self/exe", "case", next, (char *)NULL);
  say("execl: %s", strerror(errno));
  return 1;
}
