/* system: a seccomp filter sees the number and the arguments, and says what a call returns.
 *
 * seccomp(2).
 */
#include "case.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ON(nr, verdict) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), BPF_STMT(BPF_RET | BPF_K, verdict)

static long set_filter(struct sock_filter *code, int length, int flags) {
  struct sock_fprog program = { length, code };
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void refuse_programs(void) {
#define TRY(name, ...) do { struct sock_filter code[] = { __VA_ARGS__ }; show(name, set_filter(code, COUNT(code), 0)); } while (0)
  TRY("no return at the end", BPF_STMT(BPF_LD | BPF_IMM, 0));
  TRY("load beyond the data", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("load across words", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("load a byte", BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("jump out", BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("jump far back", BPF_STMT(BPF_JMP | BPF_JA, -1), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("branch out", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("divide by 0", BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("shift too far", BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("memory too far", BPF_STMT(BPF_ST, 16), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("memory before it is set", BPF_STMT(BPF_LD | BPF_MEM, 3), BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("memory set on one way", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3),
      BPF_STMT(BPF_RET | BPF_K, 0));
  TRY("modulo", BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), BPF_STMT(BPF_RET | BPF_K, 0));
  show("empty", set_filter(NULL, 0, 0));
  show("from nowhere", set_filter(bad_pointer(), 3, 0));
  show("no program", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
  struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
  show("unknown flags", set_filter(allow, 1, 1 << 20));
  show("unknown operation", syscall(SYS_seccomp, 99, 0, NULL));
}

int main(void) {
  show("mode", prctl(PR_GET_SECCOMP));
  unsigned int action = SECCOMP_RET_ERRNO;
  show("ERRNO is there", syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
  action = 0x12340000;
  show("nonsense is not", syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
  show("with a flag", syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 1, &action));
  unsigned short sizes[3];
  show("sizes", syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, sizes));
  say("notification %d, response %d, data %d", sizes[0], sizes[1], sizes[2]);
  must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  refuse_programs();
  show("still no filter", prctl(PR_GET_SECCOMP));
  struct sock_filter first[] = {
    LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    ON(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV),
    ON(SYS_getpgrp, SECCOMP_RET_ERRNO | 0),
    ON(SYS_getuid, SECCOMP_RET_ERRNO | 0xffff),
    ON(SYS_sync, SECCOMP_RET_TRACE),
    ON(SYS_getgid, SECCOMP_RET_LOG),
    ON(999, SECCOMP_RET_ERRNO | EDOM),
    /* dup with a descriptor whose upper half is 1: arithmetic on both halves */
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_lseek, 0, 9),
    LOAD(args[1]), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 0xfffffff0u), BPF_STMT(BPF_ST, 2),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]) + 4), BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 4),
    BPF_STMT(BPF_LDX | BPF_MEM, 2), BPF_STMT(BPF_ALU | BPF_OR | BPF_X, 0),
    BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO), BPF_STMT(BPF_RET | BPF_A, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  show("install", set_filter(first, COUNT(first), 0));
  show("mode", prctl(PR_GET_SECCOMP));
  show("getppid", syscall(SYS_getppid));
  show("getpgrp", syscall(SYS_getpgrp));
  errno = 0;
  syscall(SYS_getuid);
  show("getuid has the largest errno", errno);
  show("sync", syscall(SYS_sync));
  show("getgid", syscall(SYS_getgid) == getegid());
  show("a call that is none", syscall(999));
  show("another that is none", syscall(998));
  show("computed errno", syscall(SYS_lseek, 0, 0x100000011l, 0));
  struct sock_filter second[] = {
    LOAD(nr), ON(SYS_getppid, SECCOMP_RET_ERRNO | EXFULL), ON(SYS_getgid, SECCOMP_RET_ERRNO | ENOTTY),
    ON(SYS_getpgrp, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  show("install by prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ COUNT(second), second }));
  errno = 0;
  syscall(SYS_getppid);
  check("the newer of two errnos counts", errno == EXFULL);
  show("the graver of two counts", syscall(SYS_getgid));
  show("strict mode is too late", prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
  return 0;
}
