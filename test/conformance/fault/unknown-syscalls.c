/* fault: unknown system call numbers give ENOSYS, also with high bits set.
 *
 * syscall(2), ENOSYS. Bits above 31 of the number are ignored: the kernel takes a 32-bit number.
 */
#include "case.h"

int main(void) {
  static const long numbers[] = { 500, 511, 600, 1000, 0x10000, 0x7fffffff, 0x80000000, -1, -2, 400 };
  for (size_t i = 0; i < COUNT(numbers); i++) {
    char name[32];
    snprintf(name, sizeof name, "%ld", numbers[i]);
    show(name, syscall(numbers[i], 1, 2, 3, 4, 5, 6));
  }
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(0x100000000L | SYS_getpid) : "rcx", "r11", "memory");
  check("getpid with bit 32 set", result == getpid());
  static const long removed[] = { SYS_tuxcall, SYS_security, SYS_vserver, SYS_afs_syscall, SYS_getpmsg, SYS_putpmsg,
                                  SYS_create_module, SYS_get_kernel_syms, SYS_query_module, SYS_nfsservctl,
                                      SYS_epoll_ctl_old };
  for (size_t i = 0; i < COUNT(removed); i++) {
    char name[32];
    snprintf(name, sizeof name, "removed call %ld", removed[i]);
    show(name, syscall(removed[i], 0, 0, 0, 0, 0, 0));
  }
  say("the process lives on");
  return 0;
}
