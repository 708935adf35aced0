/* system: SECCOMP_RET_TRAP raises SIGSYS, and its handler can answer for the call.
 *
 * seccomp(2), sigaction(2).
 */
#include "case.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>

static void on_trap(int number, siginfo_t *info, void *context) {
  ucontext_t *frame = context;
  say("signal %s, code is SYS_SECCOMP %d, errno %d", signal_name(number), info->si_code == 1, info->si_errno);
  say("call is getppid %d, arch is amd64 %d", info->si_syscall == SYS_getppid, info->si_arch == AUDIT_ARCH_X86_64);
  say("the address is after the call %d", info->si_call_addr == (void *)frame->uc_mcontext.gregs[REG_RIP]);
  say("rax is the number %d", frame->uc_mcontext.gregs[REG_RAX] == SYS_getppid);
  say("rdi is kept %d", frame->uc_mcontext.gregs[REG_RDI] == 11);
  frame->uc_mcontext.gregs[REG_RAX] = 4321;
}

int main(void) {
  struct sock_filter code[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP | 77),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  on_siginfo(SIGSYS, on_trap, 0);
  must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  must("filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ COUNT(code), code }));
  show("the handler's answer", syscall(SYS_getppid, 11));
  pid_t child = spawn();
  if (child == 0) {
    sigset_t set = set_of(SIGSYS);
    sigprocmask(SIG_BLOCK, &set, NULL);
    soft_limit(RLIMIT_CORE, 0);
    syscall(SYS_getppid, 11);
    _exit(1);
  }
  reap("with SIGSYS blocked", child);
  child = spawn();
  if (child == 0) {
    soft_limit(RLIMIT_CORE, 0);
    signal(SIGSYS, SIG_IGN);
    syscall(SYS_getppid, 11);
    _exit(1);
  }
  reap("with SIGSYS ignored", child);
  return 0;
}
