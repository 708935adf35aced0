/* proc: /proc/self/stat and status agree with the system calls.
 *
 * proc(5), /proc/pid/stat, /proc/pid/status.
 */
#include "case.h"

static char status[8192];
static const char *field(const char *name) {
  static char values[4][256];
  static int next;
  char key[64], *value = values[next++ % 4];
  snprintf(key, sizeof key, "\n%s:\t", name);
  char *at = strstr(status, key);
  if (!at) return "missing";
  snprintf(value, sizeof values[0], "%.*s", (int)strcspn(at + strlen(key), "\n"), at + strlen(key));
  return value;
}

int main(void) {
  char stat[1024], name[64], state;
  int pid, parent, group, session;
  slurp("/proc/self/stat", stat, sizeof stat);
  char *end = strrchr(stat, ')');
  sscanf(stat, "%d (%63[^)]", &pid, name);
  sscanf(end + 2, "%c %d %d %d", &state, &parent, &group, &session);
  say("pid %d, parent %d, group %d, session %d, state %c", pid == getpid(), parent == getppid(), group == getpgrp(),
      session == getsid(0), state);
  int fields = 0;
  for (char *p = end + 2; *p; p++) fields += *p == ' ';
  show("fields after the name", fields + 1);
  must("sigmask", sigprocmask(SIG_BLOCK, &(sigset_t){ { 1 << (SIGUSR1 - 1) } }, NULL));
  raise(SIGUSR1);
  signal(SIGUSR2, SIG_IGN);
  must("setresuid", setresuid(0, 0, 55));
  slurp("/proc/self/status", status, sizeof status);
  check("Name is that of stat", strcmp(field("Umask"), "missing") && strncmp(status, "Name:\t", 6) == 0
      && strncmp(status + 6, name, strlen(name)) == 0);
  say("State %s, Umask %s, Threads %s", field("State"), field("Umask"), field("Threads"));
  say("Uid %s", field("Uid"));
  say("Gid %s", field("Gid"));
  say("ThdPnd %s", field("SigPnd"));
  say("SigBlk %s", field("SigBlk"));
  say("SigIgn bit %d", !!(strtoull(field("SigIgn"), NULL, 16) & (1 << (SIGUSR2 - 1))));
  say("NoNewPrivs %s, Seccomp %s, TracerPid %s", field("NoNewPrivs"), field("Seccomp"), field("TracerPid"));
  check("Pid, Tgid, PPid", atoi(field("Pid")) == getpid() && atoi(field("Tgid")) == getpid()
      && atoi(field("PPid")) == getppid());
  check("VmSize and VmRSS", atol(field("VmSize")) > 100 && atol(field("VmRSS")) > 10
      && atol(field("VmRSS")) <= atol(field("VmSize")));
  return 0;
}
