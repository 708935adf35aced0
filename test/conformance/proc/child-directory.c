/* proc: a child's directory shows its state, stays while it is a zombie, and is hidden after the wait.
 *
 * proc(5), /proc/pid.
 */
#include "case.h"
#include <dirent.h>

static char state_of(pid_t pid) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  char *end = strrchr(slurp(path, line, sizeof line), ')');
  return end ? end[2] : '-';
}

static int listed(pid_t pid) {
  DIR *directory = opendir("/proc");
  int found = 0;
  for (struct dirent *entry; (entry = readdir(directory));) found += atoi(entry->d_name) == pid;
  closedir(directory);
  return found;
}

int main(void) {
  char path[64], bytes[64];
  siginfo_t info;
  pid_t child = spawn();
  if (child == 0)
    for (;;) pause();
  until_asleep(child);
  say("sleeping: %c, listed %d", state_of(child), listed(child));
  snprintf(path, sizeof path, "/proc/%d/stat", child);
  int fd = must("open", open(path, O_RDONLY));
  kill(child, SIGSTOP);
  must("waitid", waitid(P_PID, child, &info, WSTOPPED));
  say("stopped: %c", state_of(child));
  kill(child, SIGCONT);
  kill(child, SIGKILL);
  must("waitid", waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  say("zombie: %c, listed %d", state_of(child), listed(child));
  snprintf(path, sizeof path, "/proc/%d/cwd", child);
  show("a zombie's cwd", readlink(path, bytes, sizeof bytes));
  snprintf(path, sizeof path, "/proc/%d/exe", child);
  show("a zombie's exe", readlink(path, bytes, sizeof bytes));
  reap("child", child);
  say("reaped: %c, listed %d", state_of(child), listed(child));
  show("read through an old descriptor", read(fd, bytes, sizeof bytes));
  show("open of the directory", open(path, O_RDONLY));
  child = spawn();
  if (child == 0)
    while (hidden(1)) {}
  while (state_of(child) != 'R') sched_yield();
  say("spinning: %c", state_of(child));
  kill(child, SIGKILL);
  reap("child", child);
  return 0;
}
