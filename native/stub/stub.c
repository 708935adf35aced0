/*
 * stub: the code that lives beside the guest, in the stub window of every address space.
 *
 * A guest thread enters it by a signal: SIGSYS for a system call that the filter traps, a fault, or
 * the kernel's interrupt. on_signal() copies the registers of the signal frame to the thread's slot,
 * posts, and obeys commands until one says RESUME; then rt_sigreturn goes back to the guest. The
 * slot is found from the signal stack's address, so a guest that changes every register still
 * arrives here.
 *
 * The code is position independent, has no data, no libc and no floating point, and decides nothing.
 * All that it may do is bounded by the seccomp filter (filter.h), which holds also for a guest that
 * jumps into the middle of it. It is copied into the window by warden.c.
 */
#include <stdint.h>

#include "abi.h"
#include "copy.h"
#include "layout.h"
#include "spin.h"

#define INLINE static inline __attribute__((always_inline))

INLINE long host6(long nr, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long rc;
  __asm__ volatile("syscall"
                   : "=a"(rc)
                   : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return rc;
}

INLINE long host3(long nr, long a, long b, long c) { return host6(nr, a, b, c, 0, 0, 0); }

INLINE unsigned own_index(void) {
  return (unsigned)(((uint64_t)__builtin_frame_address(0) - STUB_STACKS) / CHUNK);
}

INLINE struct slot *slot_of(unsigned index) {
  return (struct slot *)(STUB_SLOTS + (uint64_t)index * CHUNK);
}

#include "call.h"

/* Publish the slot: sequence, then bits, then look whether the kernel sleeps. Every step is a
 * locked operation or a sequentially consistent load, so either side sees the other. */
static void post(struct slot *slot, unsigned index, uint32_t reason) {
  struct space_header *space = (struct space_header *)STUB_SLOTS;
  struct kernel_page *kernel = (struct kernel_page *)STUB_PAGE;
  slot->reason = reason;
  __atomic_add_fetch(&slot->req_seq, 1, __ATOMIC_SEQ_CST);
  __atomic_or_fetch(&space->pending[(index / 64) & 63], 1ull << (index % 64), __ATOMIC_SEQ_CST);
  __atomic_or_fetch(&space->summary, 1ull << ((index / 64) & 63), __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&kernel->sleeping, __ATOMIC_SEQ_CST)) {
    uint64_t one = 1;
    host3(NR_WRITE, FD_DOORBELL, (long)&one, 8);
  }
}

/* Wait for the kernel's answer to the last post. */
static void await_reply(struct slot *slot, uint32_t seen) {
  uint32_t spins = spin_budget(&slot->budget, ((struct kernel_page *)STUB_PAGE)->spins);
  int parked = 0;
  for (uint32_t i = 0; i < spins && !parked; i++) {
    if (__atomic_load_n(&slot->rep_seq, __ATOMIC_ACQUIRE) != seen) return spin_came(&slot->budget, spins);
    parked = __atomic_load_n(&slot->parked, __ATOMIC_RELAXED) != 0;
    spin_pause();
  }
  uint64_t since = spin_clock();
  __atomic_store_n(&slot->waiting, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST) == seen)
    host6(NR_FUTEX, (long)&slot->rep_seq, FUTEX_WAIT_OP, seen, 0, 0, 0);
  __atomic_store_n(&slot->waiting, 0, __ATOMIC_SEQ_CST);
  if (!parked) spin_slept(&slot->budget, spins, spin_clock() - since);
}

/* One descriptor from the control socket: its number or -errno. */
static long receive_descriptor(void) {
  char byte;
  struct { uint64_t base, length; } vector = {(uint64_t)&byte, 1};
  struct { uint64_t length; int32_t level, type; int32_t fd, pad; } control;
  struct message message = {0};
  message.iov = (uint64_t)&vector;
  message.iov_count = 1;
  message.control = (uint64_t)&control;
  message.control_length = sizeof control;
  control.length = 0;
  long rc;
  do rc = host3(NR_RECVMSG, FD_CONTROL, (long)&message, MSG_CMSG_CLOEXEC_FLAG);
  while (rc == -4 /* EINTR */);
  if (rc < 0) return rc;
  if (message.control_length < 20 || control.length < 20) return -9; /* EBADF: none came */
  return control.fd;
}

/*
 * COMMAND_FORK: the child's slot memory and control socket were received; args[0] is its parent.
 * The child must not touch the parent's slot memory (it is MADV_DONTFORK, so it faults): until its
 * own is mapped it uses only registers and its private copy of this stack. Any failure there ends
 * the child silently; the kernel sees its death.
 */
static long fork_space(unsigned index, long slots_fd, long control_fd, long warden_pid) {
  long pid = host6(NR_CLONE, FORK_FLAGS, 0, 0, 0, 0, 0);
  if (pid != 0) {
    host3(NR_CLOSE, slots_fd, 0, 0);
    host3(NR_CLOSE, control_fd, 0, 0);
    return pid;
  }
  if (host6(NR_MMAP, STUB_SLOTS, SLOTS_SIZE, PROT_RW, MAP_SHARED_FIXED, slots_fd, 0) < 0 ||
      host3(NR_DUP3, control_fd, FD_CONTROL, O_CLOEXEC_FLAG) < 0 ||
      host3(NR_CLOSE_RANGE, FD_CONTROL + 1, 0xffffffffu, 0) < 0 ||
      host3(NR_PRCTL, PR_SET_PDEATHSIG_OP, 9, 0) < 0 || host3(NR_GETPPID, 0, 0, 0) != warden_pid)
    host3(NR_EXIT_GROUP, 127, 0, 0);
  host3(NR_MADVISE, STUB_SLOTS, SLOTS_SIZE, MADV_DONTFORK_OP);
  char hello = 1;
  host3(NR_WRITE, FD_CONTROL, (long)&hello, 1);
  slot_of(index)->tid = (int32_t)host3(NR_GETTID, 0, 0, 0);
  return 0;
}

/* The C half of a new thread: it runs on its own signal stack, above a copy of its parent's frame. */
__attribute__((used, noreturn)) void thread_main(struct signal_frame *frame);

/*
 * COMMAND_THREAD: the new thread's first act is to obey commands, its last to sigreturn from a copy
 * of the caller's signal frame on its own stack: this gives it the live FP state and signal mask, and
 * uc_stack in the copy installs its signal stack without a sigaltstack call.
 */
static long clone_thread(struct signal_frame *frame, unsigned own, struct slot *slot) {
  unsigned index = (unsigned)slot->args[0] % SLOT_COUNT;
  uint64_t own_base = STUB_STACKS + (uint64_t)own * CHUNK;
  uint64_t new_base = STUB_STACKS + (uint64_t)index * CHUNK;
  if (index == 0 || index == own) return -22; /* EINVAL */
  uint64_t offset = (uint64_t)frame - own_base;
  uint64_t *from = (uint64_t *)frame;
  uint64_t *to = (uint64_t *)(new_base + offset);
  for (uint64_t i = 0; i < (CHUNK - offset) / 8; i++) to[i] = from[i];
  struct signal_frame *copy = (struct signal_frame *)to;
  copy->uc.fpstate = copy->uc.fpstate - own_base + new_base;
  copy->uc.stack_base = new_base;
  copy->uc.stack_size = CHUNK;
  copy->uc.stack_flags = 0;
  long flags = slot->args[2] ? THREAD_FLAGS | CLONE_SETTLS_FLAG : THREAD_FLAGS;
  register long r10 __asm__("r10") = (long)&slot_of(index)->exited;
  register long r8 __asm__("r8") = (long)slot->args[1];
  register long entry __asm__("r12") = (long)copy;
  long rc;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r12, %%rdi\n\t"
      "and $-16, %%rsp\n\t"
      "call thread_main\n\t"
      "ud2\n"
      "1:"
      : "=a"(rc)
      : "a"((long)NR_CLONE), "D"(flags), "S"((long)copy - 256), "d"(0l), "r"(r10), "r"(r8), "r"(entry)
      : "rcx", "r11", "memory");
  return rc;
}

INLINE void copy_registers(uint64_t *to, const uint64_t *from) {
  for (int i = 0; i < REG_COUNT; i++) to[i] = from[i];
}

/* COMMAND_BATCH: 0, or what the first call that failed said. All are made: a descriptor that was sent is
 * taken, and given up again, whatever becomes of its mapping. */
static long make_calls(const struct slot *slot) {
  const struct batch_call *call = (const struct batch_call *)((const char *)slot + BATCH_OFFSET);
  uint64_t count = slot->args[0] % (BATCH_CALLS + 1);
  long received = -1, failed = 0;
  for (uint64_t i = 0; i < count; i++, call++) {
    long a[6], rc;
    for (int j = 0; j < 6; j++) a[j] = call->args[j] == BATCH_RECEIVED ? received : call->args[j];
    if (call->nr == BATCH_RECEIVE) rc = received = receive_descriptor();
    else rc = host6(call->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (failed == 0 && rc < 0 && rc >= -4095) failed = rc;
  }
  return failed;
}

/* The slot's registers become the frame's; segment selectors are the host's business. */
static void take_registers(struct signal_frame *frame, const struct slot *slot) {
  uint64_t selectors = frame->uc.regs[SELECTORS];
  copy_registers(frame->uc.regs, slot->regs);
  frame->uc.regs[SELECTORS] = selectors;
}

/* Obey commands until RESUME. Without a frame (REASON_CALL) only rax can change, in the slot. */
static void obey(struct signal_frame *frame, struct slot *slot, unsigned index, uint32_t seen) {
  for (;;) {
    await_reply(slot, seen);
    seen = __atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST);
    uint64_t *a = slot->args;
    uint32_t command = slot->command;
    if (command == COMMAND_RESUME) {
      int64_t fault = copy_out(slot);
      if (frame != 0 && slot->flags & RESUME_REGS) {
        take_registers(frame, slot);
      } else {
        int64_t result = slot->result;
        if (fault != 0 && result >= 0) result = fault;
        *(frame != 0 ? &frame->uc.regs[RAX] : &slot->regs[RAX]) = (uint64_t)result;
      }
      return;
    }
    if (frame == 0 && command == COMMAND_FRAME) make_frame(REASON_RESULT);
    if (command == COMMAND_SYSCALL)
      slot->result = host6((long)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4], (long)a[5],
                           (long)a[6]);
    else if (command == COMMAND_BATCH)
      slot->result = make_calls(slot);
    else if (command == COMMAND_FORK && frame != 0) {
      long memory = receive_descriptor();
      long control = memory < 0 ? memory : receive_descriptor();
      long pid = control < 0 ? control : fork_space(index, memory, control, (long)a[0]);
      if (pid == 0) {
        seen = __atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST);
        slot->frame = (uint64_t)&frame->uc;
        slot->fpstate = frame->uc.fpstate;
        copy_registers(slot->regs, frame->uc.regs);
        post(slot, index, REASON_STARTED);
        continue;
      }
      slot->result = pid;
    } else if (command == COMMAND_THREAD && frame != 0)
      slot->result = clone_thread(frame, index, slot);
    else if (command == COMMAND_EXCHANGE)
      slot->result = stub_exchange((uint32_t *)a[0], (uint32_t)a[1], (uint32_t)a[2]);
    else if (command == COMMAND_COPY)
      slot->result = (int64_t)(a[2] - stub_copy((void *)a[0], (const void *)a[1], a[2]));
    else if (command == COMMAND_DELIVER)
      slot->result = copy_out(slot);
    else if (command == COMMAND_EXIT)
      host3(NR_EXIT, 0, 0, 0);
    else
      slot->result = -38; /* ENOSYS */
    post(slot, index, REASON_RESULT);
  }
}

/* make_frame() has trapped: the frame is the guest's from now on, as if its call had trapped. */
static void framed(struct signal_frame *frame, struct slot *slot, unsigned index) {
  uint32_t reason = (uint32_t)frame->uc.regs[RDI];
  uint32_t seen = __atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST);
  take_registers(frame, slot);
  frame->uc.stack_flags = 0;
  slot->frame = (uint64_t)&frame->uc;
  slot->fpstate = frame->uc.fpstate;
  slot->result = 0;
  post(slot, index, reason);
  obey(frame, slot, index, seen);
}

/* Is this a call whose answer the kernel left here, and which still holds? Its own program is all that a
 * guest can deceive by changing it. */
static int is_answered(struct slot *slot, uint64_t nr, uint64_t *rax) {
  int i = ANSWER_OF(nr);
  if (i < 0 || slot->answers[i].epoch != ((struct kernel_page *)STUB_PAGE)->answers_epoch) return 0;
  *rax = (uint64_t)(int64_t)slot->answers[i].value;
  return 1;
}

/* stub_call's other half: the registers are in the slot, rax of the answer goes there too. */
__attribute__((used)) void serve_call(struct slot *slot) {
  if (is_answered(slot, slot->regs[RAX], &slot->regs[RAX])) return;
  unsigned index = own_index();
  uint32_t seen = __atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST);
  copy_in(slot, slot->regs);
  post(slot, index, REASON_CALL);
  obey(0, slot, index, seen);
}

/* The handler of every signal that the stub takes. */
__attribute__((section(".text.entry"), used)) void on_signal(int signo, struct host_siginfo *info,
                                                            struct host_ucontext *uc) {
  if ((signo == SIGSEGV_NO || signo == SIGBUS_NO) && (recover(&uc->regs[RIP]) || call_without_slot(uc)))
    return;
  unsigned index = own_index();
  struct slot *slot = slot_of(index);
  struct signal_frame *frame = (struct signal_frame *)((uint64_t)uc - 8);
  if (signo == SIG_INTERRUPT && call_interrupted(slot, uc)) return;
  if (signo == SIGSYS_NO && uc->regs[RIP] == (uint64_t)make_frame_trap) return framed(frame, slot, index);
  uint32_t reason = REASON_FAULT;
  slot->signo = signo;
  slot->code = info->code;
  slot->address = info->address;
  if (signo == SIGSYS_NO && info->code == SYS_SECCOMP_CODE) {
    reason = REASON_SYSCALL;
    if (info->arch != AUDIT_X86_64) {
      /* int 0x80: we are a kernel without 32-bit emulation, where the instruction is a general
       * protection fault at its own address, with the vector in the error code. */
      reason = REASON_FAULT;
      slot->signo = SIGSEGV_NO;
      slot->code = SI_KERNEL_CODE;
      slot->address = 0;
      uc->regs[RIP] -= 2;
      uc->regs[ERR] = (0x80 << 3) | 2;
      uc->regs[TRAPNO] = 13;
    }
  } else if (signo == SIG_INTERRUPT) {
    reason = REASON_INTERRUPT;
  }
  uint32_t seen = __atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST);
  slot->frame = (uint64_t)uc;
  slot->fpstate = uc->fpstate;
  copy_registers(slot->regs, uc->regs);
  if (reason == REASON_SYSCALL) copy_in(slot, slot->regs);
  post(slot, index, reason);
  obey(frame, slot, index, seen);
}

void thread_main(struct signal_frame *frame) {
  unsigned index = (unsigned)(((uint64_t)frame - STUB_STACKS) / CHUNK);
  struct slot *slot = slot_of(index);
  uint32_t seen = __atomic_load_n(&slot->rep_seq, __ATOMIC_SEQ_CST);
  slot->tid = (int32_t)host3(NR_GETTID, 0, 0, 0);
  if (slot->args[3] != 0) SET_GS(index);
  slot->interrupted = 0;
  slot->frame = (uint64_t)&frame->uc;
  slot->fpstate = frame->uc.fpstate;
  copy_registers(slot->regs, frame->uc.regs);
  post(slot, index, REASON_STARTED);
  obey(frame, slot, index, seen);
  __asm__ volatile(
      "lea 8(%0), %%rsp\n\t" /* as after the handler's return: at the ucontext */
      "mov $15, %%eax\n\t"
      "syscall\n\t"
      "ud2"
      :
      : "r"(frame));
  __builtin_unreachable();
}

/* SA_RESTORER: the handler returns here with the stack at the ucontext. */
__attribute__((naked, used, section(".text.restorer"))) void restorer(void) {
  __asm__("mov $15, %eax\n\tsyscall\n\tud2");
}

/*
 * The last steps of the first stub, on its own stack in the window: forget everything that the
 * warden's program had mapped, close the walls, and trap, which makes the frame that every stub
 * descends from. `plan` lies on the stack.
 */
__attribute__((noreturn, used, section(".text.enter"))) void enter(struct enter_plan *plan) {
  for (int i = 0; i < plan->hole_count; i++)
    if (plan->holes[i].end > plan->holes[i].start)
      host3(NR_MUNMAP, (long)plan->holes[i].start, (long)(plan->holes[i].end - plan->holes[i].start), 0);
  if (host6(NR_PRCTL, PR_SET_NO_NEW_PRIVS_OP, 1, 0, 0, 0, 0) != 0) host3(NR_EXIT_GROUP, 70, 0, 0);
  if (host3(NR_SECCOMP, 1 /* SET_MODE_FILTER */, plan->seccomp_flags, (long)&plan->program) != 0)
    host3(NR_EXIT_GROUP, 71, 0, 0);
  char hello = 1;
  host3(NR_WRITE, FD_CONTROL, (long)&hello, 1);
  host3(0xfff, 0, 0, 0); /* no such call: SIGSYS, and the kernel takes over */
  host3(NR_EXIT_GROUP, 72, 0, 0);
  __builtin_unreachable();
}

/* The blob begins with where it can be entered, linked for STUB_TEXT. */
__attribute__((section(".head"), used)) const uint64_t entry_points[4] = {
    (uint64_t)on_signal, (uint64_t)restorer, (uint64_t)enter, (uint64_t)stub_call};
