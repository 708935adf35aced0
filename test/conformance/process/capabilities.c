/* process: capabilities follow the user ids, can be dropped, and cannot be taken back.
 *
 * capabilities(7), capget(2), prctl(2) PR_CAPBSET_DROP and PR_SET_KEEPCAPS.
 */
#include "case.h"
#include <linux/capability.h>

static struct __user_cap_data_struct data[2];
static long get(void) {
  return syscall(SYS_capget, &(struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, 0 }, data);
}
static long set(void) {
  return syscall(SYS_capset, &(struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, 0 }, data);
}
static void print(const char *name) {
  must("capget", get());
  uint32_t chown_bit = 1 << CAP_CHOWN;
  say("%s: CAP_CHOWN effective %d permitted %d inheritable %d", name, !!(data[0].effective & chown_bit),
      !!(data[0].permitted & chown_bit), !!(data[0].inheritable & chown_bit));
}

int main(void) {
  struct __user_cap_header_struct header = { 0, 0 };
  show("unknown version", syscall(SYS_capget, &header, data));
  check("the kernel answers with its own", header.version == _LINUX_CAPABILITY_VERSION_3);
  show("unknown version, no data", syscall(SYS_capget, &header, NULL));
  header.pid = 999999;
  show("nobody", syscall(SYS_capget, &header, data));
  print("root");
  data[0].effective &= ~(1 << CAP_CHOWN);
  show("drop from effective", set());
  make_file("f", "");
  show("chown without it", chown("f", 1, 1));
  data[0].effective |= 1 << CAP_CHOWN;
  show("raise again", set());
  show("chown with it", chown("f", 1, 1));
  show("keepcaps off", prctl(PR_GET_KEEPCAPS));
  pid_t child = spawn();
  if (child == 0) {
    must("keepcaps", prctl(PR_SET_KEEPCAPS, 1));
    must("setresuid", setresuid(1000, 1000, 1000));
    print("user with keepcaps");
    data[0].permitted &= ~(1 << CAP_CHOWN);
    show("drop from permitted", set());
    data[0].permitted |= 1 << CAP_CHOWN;
    show("take it back", set());
    _exit(0);
  }
  reap("child", child);
  must("seteuid", seteuid(1000));
  print("effective user");
  must("seteuid", seteuid(0));
  print("effective root again");
  show("bounding set has CAP_CHOWN", prctl(PR_CAPBSET_READ, CAP_CHOWN));
  show("drop it", prctl(PR_CAPBSET_DROP, CAP_CHOWN));
  show("bounding set", prctl(PR_CAPBSET_READ, CAP_CHOWN));
  show("unknown capability", prctl(PR_CAPBSET_READ, 63));
  must("setresuid", setresuid(1000, 1000, 1000));
  print("user");
  show("drop from the bounding set as a user", prctl(PR_CAPBSET_DROP, CAP_KILL));
  return 0;
}
