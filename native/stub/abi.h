/*
 * abi: the few host numbers and shapes that the freestanding stub needs, amd64. Sources: the kernel's
 * uapi headers (asm/unistd_64.h, asm/sigcontext.h, asm/ucontext.h, linux/sched.h). They are stated
 * here because the stub includes no libc header.
 */
#ifndef TVISOR_STUB_ABI_H
#define TVISOR_STUB_ABI_H

#include <stdint.h>

#include "layout.h"

enum {
  NR_WRITE = 1, NR_CLOSE = 3, NR_MMAP = 9, NR_MPROTECT = 10, NR_MUNMAP = 11, NR_RT_SIGRETURN = 15,
  NR_SCHED_YIELD = 24, NR_MREMAP = 25, NR_MSYNC = 26, NR_MINCORE = 27, NR_MADVISE = 28,
  NR_GETPID = 39, NR_RECVMSG = 47, NR_CLONE = 56, NR_EXIT = 60, NR_GETPPID = 110, NR_PRCTL = 157,
  NR_ARCH_PRCTL = 158, NR_GETTID = 186, NR_FUTEX = 202, NR_SCHED_SETAFFINITY = 203, NR_EXIT_GROUP = 231, NR_DUP3 = 292,
  NR_SECCOMP = 317, NR_MEMBARRIER = 324, NR_RSEQ = 334, NR_CLOSE_RANGE = 436
};

#define FUTEX_WAIT_OP 0
#define MSG_CMSG_CLOEXEC_FLAG 0x40000000
#define O_CLOEXEC_FLAG 02000000
#define PROT_RW 3
#define MAP_SHARED_FIXED 0x11
#define MADV_DONTFORK_OP 10
#define PR_SET_PDEATHSIG_OP 1
#define PR_SET_NO_NEW_PRIVS_OP 38
#define SIGSYS_NO 31
#define SIGSEGV_NO 11
#define SIGBUS_NO 7
#define SI_KERNEL_CODE 0x80
#define SYS_SECCOMP_CODE 1
#define AUDIT_X86_64 0xc000003eu

/* The two clone words. CLONE_PARENT: the warden is the parent of every stub. */
#define FORK_FLAGS (0x8000 /* PARENT */ | 17 /* SIGCHLD */)
#define CLONE_SETTLS_FLAG 0x80000
#define THREAD_FLAGS                                                                    \
  (0x100 /* VM */ | 0x200 /* FS */ | 0x400 /* FILES */ | 0x800 /* SIGHAND */ |           \
   0x10000 /* THREAD */ | 0x40000 /* SYSVSEM */ | 0x200000 /* CHILD_CLEARTID */)

/* siginfo_t: the fields of faults and of SIGSYS. */
struct host_siginfo {
  int32_t signo, error, code, pad;
  uint64_t address; /* si_addr, or si_call_addr */
  int32_t syscall;
  uint32_t arch;
};

/* struct ucontext with struct sigcontext inside. */
struct host_ucontext {
  uint64_t flags, link;
  uint64_t stack_base;
  int32_t stack_flags, stack_pad;
  uint64_t stack_size;
  uint64_t regs[REG_COUNT];
  uint64_t fpstate;
  uint64_t reserved[8];
  uint64_t sigmask;
};

/* struct rt_sigframe. */
struct signal_frame {
  uint64_t restorer;
  struct host_ucontext uc;
};

/* struct msghdr. */
struct message {
  uint64_t name;
  uint32_t name_length, pad0;
  uint64_t iov, iov_count, control, control_length;
  int32_t flags, pad1;
};

/* What warden.c prepares for stub.c's enter(). */
struct enter_plan {
  struct { uint16_t count; uint64_t filter; } program; /* struct sock_fprog */
  int32_t hole_count;
  uint32_t seccomp_flags;
  struct { uint64_t start, end; } holes[8];
};

#endif
