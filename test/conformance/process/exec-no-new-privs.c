/* process: with no_new_privs, exec gives root no capability that it had not.
 *
 * prctl(2), PR_SET_NO_NEW_PRIVS: execve(2) promises not to grant privileges to do anything that could not have been done
 * without it; without the flag, root has all of its bounding set again (capabilities(7)).
 */
#include "case.h"
#include <linux/capability.h>

static int has(int capability, int which) {
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2];
  must("capget", syscall(SYS_capget, &header, data));
  uint32_t set = which == 0 ? data[capability / 32].permitted : data[capability / 32].effective;
  return set >> (capability % 32) & 1;
}

static void tell(const char *when) {
  say("-- %s", when);
  check("CAP_KILL permitted", has(CAP_KILL, 0));
  check("CAP_KILL effective", has(CAP_KILL, 1));
  check("CAP_CHOWN permitted", has(CAP_CHOWN, 0));
  check("CAP_CHOWN effective", has(CAP_CHOWN, 1));
}

/** Only CAP_KILL stays permitted, and nothing effective. */
static void give_up(void) {
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2] = { { .permitted = 1u << CAP_KILL } };
  must("capset", syscall(SYS_capset, &header, data));
}

static void run(const char *name, int no_new_privileges) {
  pid_t child = spawn();
  if (child == 0) {
    give_up();
    if (no_new_privileges) must("prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    execl("/proc/self/exe", "case", name, NULL);
    show("execl", -1);
    _exit(1);
  }
  reap("ended", child);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    tell(argv[1]);
    return 0;
  }
  run("without the flag", 0);
  run("with it", 1);
  return 0;
}
