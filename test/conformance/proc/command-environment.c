/* proc: cmdline and environ show the argument memory, also after it was overwritten.
 *
 * proc(5), /proc/pid/cmdline, /proc/pid/environ.
 */
#include "case.h"

static void print(const char *file) {
  char path[32], bytes[512];
  snprintf(path, sizeof path, "/proc/self/%s", file);
  int fd = must("open", open(path, O_RDONLY));
  text(file, bytes, read(fd, bytes, sizeof bytes));
  close(fd);
}

int main(int argc, char **argv) {
  if (argc == 1) {
    execve("/proc/self/exe", (char *[]){ "name", "first argument", "", "last", NULL },
        (char *[]){ "A=1", "EMPTY=", "B=two words", NULL });
    return 1;
  }
  print("cmdline"), print("environ");
  memcpy(argv[1], "FIRST", 5);
  print("cmdline");
  char bytes[8];
  int fd = must("open", open("/proc/self/cmdline", O_RDONLY));
  text("in pieces", bytes, read(fd, bytes, 4));
  text("in pieces", bytes, read(fd, bytes, 4));
  text("at an offset", bytes, pread(fd, bytes, 4, 6));
  show("size in stat", lseek(fd, 0, SEEK_END));
  pid_t child = spawn();
  if (child == 0) _exit(0);
  siginfo_t info;
  must("waitid", waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/cmdline", child);
  show("a zombie has none", strlen(slurp(path, bytes, sizeof bytes)));
  reap("child", child);
  return 0;
}
