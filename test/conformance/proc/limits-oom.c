/* proc: limits mirrors getrlimit(); oom_score_adj takes numbers within bounds.
 *
 * proc(5), /proc/pid/limits, /proc/pid/oom_score_adj.
 */
#include "case.h"
#include <sys/resource.h>

static char bytes[8192];

static long put(int fd, const char *value) { return pwrite(fd, value, strlen(value), 0); }

int main(void) {
  must("setrlimit", setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 123, 456 }));
  must("setrlimit", setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }));
  slurp("/proc/self/limits", bytes, sizeof bytes);
  text("heading", bytes, strcspn(bytes, "\n"));
  for (const char *const *name = (const char *[]){ "Max open files", "Max core file size", NULL }; *name; name++) {
    char *line = strstr(bytes, *name);
    text("line", line, line ? strcspn(line, "\n") : -1);
  }
  int lines = 0;
  for (char *p = bytes; *p; p++) lines += *p == '\n';
  show("lines", lines);
  int fd = must("open", open("/proc/self/oom_score_adj", O_RDWR));
  show("write 500", put(fd, "500\n"));
  text("read", bytes, pread(fd, bytes, 64, 0));
  show("write 1000", put(fd, "1000"));
  show("write 1001", put(fd, "1001"));
  show("write words", put(fd, "much"));
  pid_t child = spawn();
  if (child == 0) {
    fd = must("open", open("/proc/self/oom_score_adj", O_RDWR));
    text("inherited", bytes, pread(fd, bytes, 64, 0));
    _exit(0);
  }
  reap("child", child);
  show("write 0", put(fd, "0"));
  return 0;
}
