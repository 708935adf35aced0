/* process: getrlimit/setrlimit/prlimit keep soft <= hard and are inherited; lowering the hard limit is final for users.
 *
 * getrlimit(2).
 */
#include "case.h"
#include <sys/resource.h>

static void print(const char *name, int resource) {
  struct rlimit limit;
  must("getrlimit", getrlimit(resource, &limit));
  say("%s: %ld %ld", name, (long)limit.rlim_cur, (long)limit.rlim_max);
}

static long set(rlim_t soft, rlim_t hard) {
  return setrlimit(RLIMIT_NOFILE, &(struct rlimit){ soft, hard });
}

int main(void) {
  show("set 100/200", set(100, 200));
  print("RLIMIT_NOFILE", RLIMIT_NOFILE);
  show("soft above hard", set(201, 200));
  show("unknown resource", setrlimit(99, &(struct rlimit){ 1, 1 }));
  show("bad pointer", syscall(SYS_getrlimit, RLIMIT_NOFILE, bad_pointer()));
  struct rlimit old;
  show("prlimit", prlimit(0, RLIMIT_NOFILE, &(struct rlimit){ 50, 150 }, &old));
  say("old values %ld %ld", (long)old.rlim_cur, (long)old.rlim_max);
  pid_t child = spawn();
  if (child == 0) {
    print("inherited", RLIMIT_NOFILE);
    must("setuid", setresuid(1000, 1000, 1000));
    show("user raises soft to hard", set(150, 150));
    show("user raises hard", set(150, 151));
    show("user lowers hard", set(10, 20));
    show("user raises it again", set(10, 21));
    show("prlimit of another user's process", prlimit(getppid(), RLIMIT_NOFILE, NULL, &old));
    _exit(0);
  }
  reap("child", child);
  print("unchanged here", RLIMIT_NOFILE);
  show("prlimit of nobody", prlimit(999999, RLIMIT_NOFILE, NULL, &old));
  return 0;
}
