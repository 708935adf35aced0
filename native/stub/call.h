/*
 * call: the way into the stub that needs no trap. A patched site (src/platform/stub/patch/) jumps to
 * stub_call with the call's number in rax, as at a `syscall`, and in rcx the address behind the
 * site's `syscall` instruction, which is still there.
 *
 * The thread's GS base is its slot, so a space whose guest wants GS for itself is not patched. Guest
 * registers are saved in the slot, and the stub's code runs on the thread's own signal stack.
 *  - Not for us: trap, direction, alignment or nested-task flag set, or a GS base that is not ours
 *    (then the first store faults). The thread goes to the real instruction instead.
 *  - Only rax, rcx and r11 change, as with the instruction. When the kernel wants more (a signal's
 *    frame, a fork), COMMAND_FRAME makes a signal frame of this thread: by a trap of our own, which
 *    also keeps the live vector state in it.
 *  - SIG_INTERRUPT while we are in here only sets a flag. It is looked at on the way out; who is
 *    between that look and the guest is sent back to it.
 */
#ifndef TVISOR_STUB_CALL_H
#define TVISOR_STUB_CALL_H

#include <stdint.h>

#include "abi.h"
#include "layout.h"

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)
/* Byte offsets of struct slot, for the assembler; asserted below. */
#define SLOT_RESULT 40
#define SLOT_REGS 112
#define SLOT_INTERRUPTED 332
#define GS_REG(index) "%gs:" TEXT(SLOT_REGS) "+8*" TEXT(index)
/* From a slot to the end of its thread's stack, less what a frame may scribble on. */
#define TO_STACK (0x10000000 + 0x10000 - 256)
#define FLAGS_REFUSED "0x44500" /* AC NT DF TF */

_Static_assert(offsetof(struct slot, result) == SLOT_RESULT, "SLOT_RESULT");
_Static_assert(offsetof(struct slot, regs) == SLOT_REGS, "SLOT_REGS");
_Static_assert(offsetof(struct slot, interrupted) == SLOT_INTERRUPTED, "SLOT_INTERRUPTED");
_Static_assert(STUB_STACKS - STUB_SLOTS + CHUNK - 256 == TO_STACK, "TO_STACK");
_Static_assert(RAX == 13 && RCX == 14 && RSP == 15 && RIP == 16 && EFLAGS == 17, "register order");

__asm__(
    ".text\n"
    "stub_call:\n\t"
    "mov %rsp, %gs:" TEXT(SLOT_REGS) "+8*15\n\t"
    "rdgsbase %rsp\n\t"
    "lea " TEXT(TO_STACK) "(%rsp), %rsp\n\t"
    "pushfq\n\t"
    "testl $" FLAGS_REFUSED ", (%rsp)\n\t"
    "jnz 1f\n\t"
    "pop %r11\n\t"
    "mov %r8, " GS_REG(0) "\n\t"
    "mov %r9, " GS_REG(1) "\n\t"
    "mov %r10, " GS_REG(2) "\n\t"
    "mov %r11, " GS_REG(3) "\n\t"
    "mov %r12, " GS_REG(4) "\n\t"
    "mov %r13, " GS_REG(5) "\n\t"
    "mov %r14, " GS_REG(6) "\n\t"
    "mov %r15, " GS_REG(7) "\n\t"
    "mov %rdi, " GS_REG(8) "\n\t"
    "mov %rsi, " GS_REG(9) "\n\t"
    "mov %rbp, " GS_REG(10) "\n\t"
    "mov %rbx, " GS_REG(11) "\n\t"
    "mov %rdx, " GS_REG(12) "\n\t"
    "mov %rax, " GS_REG(13) "\n\t"
    "mov %rcx, " GS_REG(14) "\n\t"
    "mov %rcx, " GS_REG(16) "\n\t"
    "mov %r11, " GS_REG(17) "\n\t"
    "rdgsbase %rdi\n\t"
    "xor %ebp, %ebp\n\t"
    "call serve_call\n"
    /* Everything below reads from memory only, so that it can begin again (call_interrupted). */
    "stub_call_tail:\n\t"
    "cmpl $0, %gs:" TEXT(SLOT_INTERRUPTED) "\n\t"
    "jne 2f\n\t"
    "pushq " GS_REG(17) "\n\t"
    "popfq\n\t"
    "mov " GS_REG(0) ", %r8\n\t"
    "mov " GS_REG(1) ", %r9\n\t"
    "mov " GS_REG(2) ", %r10\n\t"
    "mov " GS_REG(3) ", %r11\n\t"
    "mov " GS_REG(8) ", %rdi\n\t"
    "mov " GS_REG(9) ", %rsi\n\t"
    "mov " GS_REG(10) ", %rbp\n\t"
    "mov " GS_REG(12) ", %rdx\n\t"
    "mov " GS_REG(13) ", %rax\n\t"
    "mov " GS_REG(16) ", %rcx\n\t"
    "mov " GS_REG(15) ", %rsp\n\t"
    "jmp *" GS_REG(16) "\n"
    "stub_call_end:\n"
    "1:\tpopfq\n\t"
    "mov " GS_REG(15) ", %rsp\n\t"
    "lea -2(%rcx), %r11\n\t"
    "jmp *%r11\n"
    "2:\tmovl $0, %gs:" TEXT(SLOT_INTERRUPTED) "\n\t"
    "mov $" TEXT(REASON_INTERRUPT) ", %edi\n"
    /* make_frame(reason): no such call: SIGSYS, and on_signal() goes on from there. Never returns. */
    "make_frame:\n\t"
    "mov $0xfff, %eax\n\t"
    "syscall\n"
    "make_frame_trap:\n\t"
    "ud2\n");

extern const char stub_call[], stub_call_tail[], stub_call_end[], make_frame_trap[];
__attribute__((noreturn)) void make_frame(uint32_t reason);

/* The GS base of a thread is its slot. */
#define SET_GS(index) host3(NR_ARCH_PRCTL, 0x1001 /* ARCH_SET_GS */, (long)slot_of(index), 0)

/* SIG_INTERRUPT at an address of the stub's: remember it; who is on the way out looks again. */
static int call_interrupted(struct slot *slot, struct host_ucontext *uc) {
  uint64_t ip = uc->regs[RIP];
  if (ip >> 32 != STUB_HI) return 0;
  slot->interrupted = 1;
  if (ip >= (uint64_t)stub_call_tail && ip < (uint64_t)stub_call_end) {
    uc->regs[RIP] = (uint64_t)stub_call_tail;
    uc->regs[RSP] = (uint64_t)slot + TO_STACK;
  }
  return 1;
}

/* The first store found a GS base that is not ours: on to the real instruction. */
static int call_without_slot(struct host_ucontext *uc) {
  if (uc->regs[RIP] != (uint64_t)stub_call) return 0;
  uc->regs[RIP] = uc->regs[RCX] - 2;
  return 1;
}

#endif
