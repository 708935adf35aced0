/*
 * layout: the memory shared between the kernel and one stub process, and the stub's own window.
 *
 * One sealed memfd per address space: a header chunk, then one chunk per thread slot. The TypeScript
 * side (src/platform/stub/layout.ts) states the same offsets; the static asserts below and the test
 * test/unit/stub-layout.test.ts hold the two together. Everything here is written by the guest at
 * will: it is data, never authority.
 */
#ifndef TVISOR_STUB_LAYOUT_H
#define TVISOR_STUB_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

/* The stub's window: the top 4 GiB of the 47-bit address space. Guest memory ends below it, with a
 * hole of 8 GiB between so that the filter may round lengths to 4 GiB. */
#define STUB_HI 0x7fffu
#define STUB_BASE 0x7fff00000000ull
#define STUB_TEXT STUB_BASE
#define STUB_TEXT_SIZE 0x10000ull
#define STUB_PAGE (STUB_BASE + 0x100000ull)     /* struct kernel_page, read-only */
#define STUB_SLOTS (STUB_BASE + 0x10000000ull)  /* the slot memfd */
#define STUB_STACKS (STUB_BASE + 0x20000000ull) /* one private chunk per slot: its signal stack */
#define GUEST_HI 0x7ffdu                        /* guest addresses are below GUEST_HI << 32 */
#define GUEST_END 0x7ffd00000000ull

#define CHUNK 0x10000ull /* header, slots and stacks all come in chunks of 64 KiB */
#define SLOT_COUNT 4096  /* chunk 0 is the header, the last ones are not slots either: see BOUNCE_AT */
#define SLOTS_SIZE (CHUNK * SLOT_COUNT)
/* The last chunks are no slots: buffers on which large copies lie that have no room in a slot. */
#define BOUNCE_SIZE 0x20000ull
#define BOUNCE_COUNT 4
#define BOUNCE_AT (SLOTS_SIZE - BOUNCE_COUNT * BOUNCE_SIZE) /* in the slot memory */

/* Descriptors of every stub. */
#define FD_DOORBELL 3 /* eventfd: "look at the pending bits" */
#define FD_CONTROL 4  /* SOCK_SEQPACKET to the kernel: descriptors come in, one HELLO byte goes out */

/* The signal by which the kernel interrupts a thread that runs guest code. Linux coalesces it. */
#define SIG_INTERRUPT 23 /* SIGURG */

/* What a system call will read, told per argument: the stub copies it before it posts. */
#define HINT_CALLS 512
#define HINTS 3
#define HINT_STRING 1  /* up to a NUL */
#define HINT_FIXED 2   /* `unit` bytes */
#define HINT_COUNTED 3 /* `unit` bytes for each of what `length_register` holds */
#define HINT_VECTOR 4  /* an iovec of so many buffers, and what they hold */
#define HINT_MESSAGE 5 /* a msghdr, its iovec, and what its buffers hold */
struct hint {
  uint8_t kind, address_register, length_register, reserved;
  uint32_t unit;
};

/* Written by the kernel, mapped read-only by every stub. */
#define KERNEL_PAGE_SIZE 0x4000
struct kernel_page {
  uint32_t sleeping; /* the kernel sleeps: ring the doorbell after posting */
  uint32_t spins;    /* how many pauses a stub may spin before it sleeps */
  uint32_t answers_epoch; /* remembered answers of another epoch are none; never 0 */
  uint32_t apart[13]; /* the hints never change: not in a line with what does */
  struct hint hints[HINT_CALLS][HINTS];
};
_Static_assert(sizeof(struct kernel_page) <= KERNEL_PAGE_SIZE, "kernel_page");

/* Chunk 0 of the slot memory. */
struct space_header {
  uint64_t summary;     /* bit w: pending[w] has bits */
  uint64_t pending[64]; /* bit s: slot s has posted */
};

/* Why a stub posts (slot.reason). */
#define REASON_SYSCALL 1   /* regs hold a system call that trapped */
#define REASON_FAULT 2     /* regs, signo, code, address: a synchronous fault */
#define REASON_INTERRUPT 3 /* regs: SIG_INTERRUPT arrived in guest code */
#define REASON_RESULT 4    /* `result` answers the last command */
#define REASON_STARTED 5   /* first post of a new thread or process */
#define REASON_CALL 6      /* as SYSCALL, but from a patched site: there is no signal frame */

/* What the kernel answers (slot.command). */
#define COMMAND_RESUME 1  /* go back to the guest: rax = result; all regs if flag RESUME_REGS */
#define COMMAND_SYSCALL 2 /* make host call args[0](args[1..6]), post RESULT */
#define COMMAND_FORK 4    /* clone this process; see stub.c */
#define COMMAND_THREAD 5  /* clone a thread into slot args[0], FS base args[1] when args[2] */
#define COMMAND_EXIT 6    /* end this thread */
#define COMMAND_BATCH 9 /* the args[0] calls of the chunk's batch, in turn; the first failure */
#define COMMAND_FRAME 8   /* after a CALL: make a signal frame of this thread, of `regs` */
#define COMMAND_COPY 10   /* copy args[2] bytes from args[1] to args[0], until one faults; how many went */
#define COMMAND_DELIVER 11 /* copy `out` out now; 0 or -EFAULT */
#define COMMAND_EXCHANGE 7 /* 32-bit compare-and-exchange: at args[0], args[1] by args[2]; the old value */

#define RESUME_REGS 1

/* sigcontext's register order, as the host's signal frame has it. */
enum {
  R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP, RIP, EFLAGS,
  SELECTORS, ERR, TRAPNO, OLDMASK, CR2, REG_COUNT
};

/* Guest memory that was copied into the slot, or shall be copied out of it. */
struct span {
  uint64_t address;
  uint32_t length;
  uint32_t offset; /* from the slot's beginning */
};
/* The result of a call that the kernel would give again, until it says otherwise. */
struct answer {
  uint32_t epoch;
  int32_t value;
};
#define ANSWERS 7
/* Which answer belongs to a call; -1 for calls that have none. */
#define ANSWER_OF(nr)                                                                          \
  ((nr) == 39 /* getpid */ ? 0 : (nr) == 102 /* getuid */ ? 1 : (nr) == 104 /* getgid */ ? 2 : \
   (nr) == 107 /* geteuid */ ? 3 : (nr) == 108 /* getegid */ ? 4 :                             \
   (nr) == 110 /* getppid */ ? 5 : (nr) == 186 /* gettid */ ? 6 : -1)
#define SPANS_IN 8
#define SPANS_OUT 16
#define SLOT_WINDOW 4096 /* the rest of a slot's chunk, from here on, carries data */
#define MOST_COPIED_IN 0x8000
/* The end of the chunk: arguments of a command, or the calls of a batch. */
#define BATCH_OFFSET 0xf000
#define BATCH_CALLS 64
#define BATCH_RECEIVE (-1)   /* instead of a number: take a descriptor from FD_CONTROL */
#define BATCH_RECEIVED (-2)  /* instead of a descriptor: the one taken last */

struct batch_call {
  int64_t nr;
  int64_t args[6];
  int64_t reserved;
};
_Static_assert(BATCH_OFFSET + BATCH_CALLS * sizeof(struct batch_call) <= CHUNK, "batch");

struct slot {
  uint32_t req_seq; /* stub: +1 after writing a post */
  uint32_t rep_seq; /* kernel: +1 after writing a command */
  uint32_t waiting; /* stub: sleeps on rep_seq */
  uint32_t reason;
  uint32_t command;
  uint32_t flags;
  int32_t signo;
  int32_t code;
  uint64_t address;   /* si_addr of a fault */
  int64_t result;     /* of a command; rax of a resume */
  uint64_t args[8];
  uint64_t regs[REG_COUNT];
  uint64_t fpstate;   /* where the frame's FP image lies, in stub memory */
  uint64_t frame;     /* where the frame's ucontext lies */
  int32_t tid;        /* host tid as the thread sees it: a claim */
  uint32_t exited;    /* the host clears this word when the thread is gone (CLEARTID) */
  uint32_t parked;    /* kernel: the answer will take its time, do not spin for it */
  uint32_t in_count;  /* stub: how many of `in` go with a REASON_SYSCALL */
  uint32_t out_count; /* kernel: how many of `out` are to be copied out at COMMAND_RESUME */
  uint32_t interrupted; /* stub: SIG_INTERRUPT came while a call was being served */
  struct span in[SPANS_IN];
  struct span out[SPANS_OUT];
  uint32_t budget; /* stub: see spin.h */
  uint32_t reserved;
  struct answer answers[ANSWERS]; /* kernel */
};

_Static_assert(offsetof(struct slot, address) == 32, "slot.address");
_Static_assert(offsetof(struct slot, args) == 48, "slot.args");
_Static_assert(offsetof(struct slot, regs) == 112, "slot.regs");
_Static_assert(offsetof(struct slot, fpstate) == 296, "slot.fpstate");
_Static_assert(offsetof(struct slot, tid) == 312, "slot.tid");
_Static_assert(sizeof(struct slot) <= SLOT_WINDOW, "slot");

/* ---- gateway only: one turn of the kernel's loop ------------------------------------------ */

#define WAIT_SPACES 4096
#define WAIT_POSTS 64
#define WAIT_EVENTS 64

struct wait_block {
  double timeout_ns;  /* negative: for ever */
  int32_t space_count;
  int32_t poll_host;  /* look at host events even when slots are posted (fairness) */
  int32_t events;     /* out */
  int32_t may_spin;   /* one of the following, or 0 */
#define MAY_SPIN 1  /* for as long as proved worth it */
#define SPIN_LONG 2 /* the processor is ours: nobody waits for it */
  int32_t shared_cpu; /* out: 1 + the processor on which we and a guest wait for each other, or 0 */
  int32_t cpu;        /* out, when a window is over: the processor that we are on */
  /* The loop's recent past, in ticks of spin_clock(): how long it was, how much of it went into spinning
   * and sleep. Whoever takes note of a window that is over sets window_ticks and window_is_over to 0, and
   * the next begins. */
  double window_ticks, window_spun, window_slept;
  int32_t window_posts, window_sleeps;
  int32_t window_is_over;
  int32_t reserved;
  int32_t posts[2 * WAIT_POSTS];      /* out: (index into spaces, slot) */
  int32_t event_fd[WAIT_EVENTS];      /* out */
  int32_t event_mask[WAIT_EVENTS];    /* out */
  double spaces[WAIT_SPACES];         /* arena offsets of the spaces to look at */
};

_Static_assert(offsetof(struct wait_block, window_ticks) == 32, "wait_block.window_ticks");
_Static_assert(offsetof(struct wait_block, posts) == 72, "wait_block.posts");
_Static_assert(offsetof(struct wait_block, spaces) == 72 + 512 + 256 + 256, "wait_block.spaces");

#endif
