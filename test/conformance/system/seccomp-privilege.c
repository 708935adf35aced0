/* system: without privileges a filter needs no_new_privs.
 *
 * seccomp(2).
 */
// as: user
#include "case.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

int main(void) {
  struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
  struct sock_fprog program = { 1, code };
  show("without no_new_privs", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
  show("by prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
  must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  show("with no_new_privs", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
  show("no such mode", prctl(PR_SET_SECCOMP, 7, 0));
  return 0;
}
