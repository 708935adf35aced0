/* system: prctl() and arch_prctl() set and get; unknown options are refused.
 *
 * prctl(2), arch_prctl(2).
 */
#include "case.h"
#include <asm/prctl.h>

int main(void) {
  unsigned long base = 0, value = 0;
  show("PR_GET_DUMPABLE", prctl(PR_GET_DUMPABLE));
  show("PR_SET_DUMPABLE 0", prctl(PR_SET_DUMPABLE, 0));
  show("PR_GET_DUMPABLE", prctl(PR_GET_DUMPABLE));
  show("PR_SET_DUMPABLE 2", prctl(PR_SET_DUMPABLE, 2));
  show("PR_GET_NO_NEW_PRIVS", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  show("PR_SET_NO_NEW_PRIVS 0", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  show("PR_SET_NO_NEW_PRIVS 1", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  show("PR_GET_NO_NEW_PRIVS", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  show("PR_GET_NO_NEW_PRIVS with an argument", prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
  show("PR_SET_TIMERSLACK", prctl(PR_SET_TIMERSLACK, 12345));
  show("PR_GET_TIMERSLACK", prctl(PR_GET_TIMERSLACK));
  show("PR_GET_SECCOMP", prctl(PR_GET_SECCOMP));
  show("unknown", prctl(99999));
  show("ARCH_GET_FS", syscall(SYS_arch_prctl, ARCH_GET_FS, &base));
  check("fs points at itself", base == *(unsigned long *)base);
  show("ARCH_SET_GS", syscall(SYS_arch_prctl, ARCH_SET_GS, &base));
  __asm__ volatile("movq %%gs:0, %0" : "=r"(value));
  check("gs works", value == base);
  show("ARCH_GET_GS", syscall(SYS_arch_prctl, ARCH_GET_GS, &value));
  check("and is told", value == (unsigned long)&base);
  show("ARCH_SET_FS beyond user space", syscall(SYS_arch_prctl, ARCH_SET_FS, 0x800000000000));
  show("ARCH_GET_FS bad pointer", syscall(SYS_arch_prctl, ARCH_GET_FS, bad_pointer()));
  show("unknown arch_prctl", syscall(SYS_arch_prctl, 0x9999, 0));
  pid_t child = spawn();
  if (child == 0) {
    __asm__ volatile("movq %%gs:0, %0" : "=r"(value));
    show("no_new_privs is inherited", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    _exit(value != base);
  }
  reap("gs is inherited", child);
  return 0;
}
