/* system: powers over the machine are refused without privileges.
 *
 * reboot(2), swapon(2), acct(2), quotactl(2), bpf(2), perf_event_open(2), userfaultfd(2), setns(2).
 */
// as: user
#include "case.h"
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <sys/reboot.h>

int main(void) {
  show("reboot", syscall(SYS_reboot, 0xfee1dead, 0x28121969, RB_AUTOBOOT, NULL));
  show("reboot with bad magic", syscall(SYS_reboot, 1, 2, RB_AUTOBOOT, NULL));
  show("swapon", syscall(SYS_swapon, "/x", 0));
  show("swapoff", syscall(SYS_swapoff, "/x"));
  show("acct", syscall(SYS_acct, NULL));
  show("vhangup", syscall(SYS_vhangup));
  show("quotactl on nothing", syscall(SYS_quotactl, 0x80000700, "/missing", 0, NULL));
  union bpf_attr attr = { .map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 1 };
  show("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
  struct perf_event_attr event = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof event };
  show_ok("perf_event_open", syscall(SYS_perf_event_open, &event, -1, 0, -1, 0));
  show("userfaultfd", syscall(SYS_userfaultfd, 0));
  show("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
  show("setns nothing", syscall(SYS_setns, -1, 0));
  show("setns a file", syscall(SYS_setns, 0, 0));
  show("mount_setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, (char[32]){ 0 }, 32));
  show("open_tree clone", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
  show("move_mount", syscall(SYS_move_mount, AT_FDCWD, "/", AT_FDCWD, "/tmp", 0));
  show("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
  show("settime", syscall(SYS_clock_settime, 0, (struct timespec[]){ { 1, 0 } }));
  return 0;
}
