/* system: membarrier() lists its commands; rseq registration is checked.
 *
 * membarrier(2); rseq: the C library may have registered already.
 */
#include "case.h"
#include <linux/membarrier.h>

int main(void) {
  long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
  check("GLOBAL is offered", commands & MEMBARRIER_CMD_GLOBAL);
  check("PRIVATE_EXPEDITED is offered", commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED);
  show("unregistered PRIVATE_EXPEDITED", syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
  show("register", syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
  show("PRIVATE_EXPEDITED", syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
  show("GLOBAL", syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
  show("unknown command", syscall(SYS_membarrier, 1 << 20, 0, 0));
  show("flags", syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 1, 0));
  pid_t child = spawn();
  if (child == 0) {
    show("registration survives fork", syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    _exit(0);
  }
  reap("child", child);
  static char area[64] __attribute__((aligned(32)));
  show("rseq of a wrong size", syscall(334, area, 16, 0, 0x53053053));
  show("rseq with unknown flags", syscall(334, area, 32, 8, 0x53053053));
  return 0;
}
