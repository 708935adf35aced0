/*
 * filter: the wall around guest code. A seccomp program that lets a stub process make only the calls
 * below, with only these arguments; every other call traps to the stub's handler and so to the
 * kernel. A guest can jump to any instruction of the stub at any time, so each allowed pair of
 * number and arguments must be harmless when a guest makes it. cBPF sees registers only: no rule may
 * depend on what a pointer points at.
 *
 * Rules are tried in order; a rule whose check fails passes on to the next; the end traps.
 */
#ifndef TVISOR_STUB_FILTER_H
#define TVISOR_STUB_FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>

#include "abi.h"
#include "layout.h"

enum check_kind {
  CHECK_END,
  CHECK_EQUAL,  /* argument == value, all 64 bits */
  CHECK_SUBSET, /* no bit outside value; upper half 0 */
  CHECK_SOME,   /* at least one bit of value */
  CHECK_MOST,   /* argument <= value; upper half 0 */
  CHECK_LEAST,  /* argument >= value; upper half 0 */
  CHECK_GUEST   /* [argument, argument + other argument) lies in guest memory */
};

struct check {
  enum check_kind kind;
  int argument;
  uint64_t value; /* for CHECK_GUEST: the index of the length argument */
};

struct rule {
  long number;
  struct check checks[6];
};

#define MAP_ALLOWED 0x13c033u /* SHARED PRIVATE FIXED ANON NORESERVE POPULATE NONBLOCK STACK NOREPLACE */
#define GUEST(address, length) {CHECK_GUEST, address, length}

/* The most frequent first. */
static const struct rule rules[] = {
  /* Futexes without priority inheritance or descriptors: any address is the caller's own memory. */
  {NR_FUTEX, {{CHECK_SUBSET, 1, 0x181}}},             /* WAIT 0, WAKE 1; PRIVATE, CLOCK_REALTIME */
  {NR_FUTEX, {{CHECK_LEAST, 1, 3}, {CHECK_MOST, 1, 5}}},       /* REQUEUE, CMP_REQUEUE, WAKE_OP */
  {NR_FUTEX, {{CHECK_LEAST, 1, 0x83}, {CHECK_MOST, 1, 0x85}}}, /* … private */
  {NR_FUTEX, {{CHECK_LEAST, 1, 9}, {CHECK_MOST, 1, 10}}},      /* WAIT_BITSET, WAKE_BITSET */
  {NR_FUTEX, {{CHECK_LEAST, 1, 0x89}, {CHECK_MOST, 1, 0x8a}}},
  {NR_FUTEX, {{CHECK_EQUAL, 1, 0x109}}},
  {NR_FUTEX, {{CHECK_EQUAL, 1, 0x189}}},
  {NR_RT_SIGRETURN, {{CHECK_END}}},
  /* One doorbell, never readable, never blocking; one HELLO byte to the kernel. */
  {NR_WRITE, {{CHECK_EQUAL, 0, FD_DOORBELL}, {CHECK_EQUAL, 2, 8}}},
  {NR_WRITE, {{CHECK_EQUAL, 0, FD_CONTROL}, {CHECK_EQUAL, 2, 1}}},
  /* Memory: fixed places within guest memory, so that the stub's own window is out of reach. */
  {NR_MMAP, {GUEST(0, 1), {CHECK_SUBSET, 2, 7}, {CHECK_SUBSET, 3, MAP_ALLOWED},
             {CHECK_SOME, 3, 0x100010}}},
  {NR_MUNMAP, {GUEST(0, 1)}},
  {NR_MPROTECT, {GUEST(0, 1), {CHECK_SUBSET, 2, 7}}},
  {NR_MADVISE, {GUEST(0, 1), {CHECK_MOST, 2, 11}}},
  {NR_MADVISE, {GUEST(0, 1), {CHECK_LEAST, 2, 14}, {CHECK_MOST, 2, 25}}},
  {NR_MREMAP, {GUEST(0, 1), GUEST(0, 2), {CHECK_EQUAL, 3, 0}}},
  {NR_MREMAP, {GUEST(0, 1), GUEST(4, 2), {CHECK_SUBSET, 3, 7}, {CHECK_SOME, 3, 2}}},
  {NR_MSYNC, {GUEST(0, 1)}},
  {NR_MINCORE, {GUEST(0, 1)}},
  /* The slot memory: only ever as itself. */
  {NR_MMAP, {{CHECK_EQUAL, 0, STUB_SLOTS}, {CHECK_EQUAL, 1, SLOTS_SIZE}, {CHECK_EQUAL, 2, PROT_RW},
             {CHECK_EQUAL, 3, MAP_SHARED_FIXED}}},
  {NR_MADVISE, {{CHECK_EQUAL, 0, STUB_SLOTS}, {CHECK_EQUAL, 1, SLOTS_SIZE},
                {CHECK_EQUAL, 2, MADV_DONTFORK_OP}}},
  /* Descriptors come in from the kernel; none goes out. */
  {NR_RECVMSG, {{CHECK_EQUAL, 0, FD_CONTROL}, {CHECK_EQUAL, 2, MSG_CMSG_CLOEXEC_FLAG}}},
  {NR_CLOSE, {{CHECK_END}}},
  {NR_DUP3, {{CHECK_EQUAL, 1, FD_CONTROL}, {CHECK_EQUAL, 2, O_CLOEXEC_FLAG}}},
  {NR_CLOSE_RANGE, {{CHECK_EQUAL, 0, FD_CONTROL + 1}, {CHECK_EQUAL, 1, 0xffffffffu}, {CHECK_EQUAL, 2, 0}}},
  /* Processes and threads: exact words only. */
  {NR_CLONE, {{CHECK_EQUAL, 0, FORK_FLAGS}}},
  {NR_CLONE, {{CHECK_EQUAL, 0, THREAD_FLAGS}}},
  {NR_CLONE, {{CHECK_EQUAL, 0, THREAD_FLAGS | CLONE_SETTLS_FLAG}}},
  {NR_EXIT, {{CHECK_END}}},
  {NR_EXIT_GROUP, {{CHECK_END}}},
  {NR_GETTID, {{CHECK_END}}},
  {NR_GETPID, {{CHECK_END}}},
  {NR_GETPPID, {{CHECK_END}}},
  {NR_SCHED_YIELD, {{CHECK_END}}},
  {NR_SCHED_SETAFFINITY, {{CHECK_EQUAL, 0, 0}}}, /* the caller itself */
  {NR_PRCTL, {{CHECK_EQUAL, 0, PR_SET_PDEATHSIG_OP}, {CHECK_EQUAL, 1, 9}}},
  {NR_ARCH_PRCTL, {{CHECK_LEAST, 0, 0x1001}, {CHECK_MOST, 0, 0x1004}}}, /* FS and GS bases */
  /* Real memory barriers and restartable sequences of the caller's own threads. */
  {NR_MEMBARRIER, {{CHECK_SUBSET, 0, 0x78}, {CHECK_EQUAL, 1, 0}}},
  {NR_RSEQ, {{CHECK_END}}},
};

struct program {
  struct sock_filter code[1024];
  unsigned length;
  unsigned fail[32]; /* instructions whose false branch leads out of the rule */
  unsigned fail_true[32];
  unsigned fails, fails_true;
};

static void emit(struct program *p, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf) {
  if (p->length >= 1024) abort();
  p->code[p->length++] = (struct sock_filter){code, jt, jf, k};
}

static void load(struct program *p, unsigned offset) { emit(p, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
static unsigned low(int argument) { return offsetof(struct seccomp_data, args) + 8u * (unsigned)argument; }
static unsigned high(int argument) { return low(argument) + 4; }

/* Go on if the comparison holds, leave the rule if not; and the opposite. */
static void need(struct program *p, uint16_t comparison, uint32_t k) {
  p->fail[p->fails++] = p->length;
  emit(p, BPF_JMP | comparison | BPF_K, k, 0, 0);
}
static void need_not(struct program *p, uint16_t comparison, uint32_t k) {
  p->fail_true[p->fails_true++] = p->length;
  emit(p, BPF_JMP | comparison | BPF_K, k, 0, 0);
}

static void emit_check(struct program *p, const struct check *c) {
  uint32_t value = (uint32_t)c->value;
  switch (c->kind) {
    case CHECK_END: return;
    case CHECK_EQUAL:
      load(p, high(c->argument)), need(p, BPF_JEQ, (uint32_t)(c->value >> 32));
      load(p, low(c->argument)), need(p, BPF_JEQ, value);
      return;
    case CHECK_SUBSET:
      load(p, high(c->argument)), need(p, BPF_JEQ, 0);
      load(p, low(c->argument)), need_not(p, BPF_JSET, ~value);
      return;
    case CHECK_SOME: load(p, low(c->argument)), need(p, BPF_JSET, value); return;
    case CHECK_MOST:
      load(p, high(c->argument)), need(p, BPF_JEQ, 0);
      load(p, low(c->argument)), need_not(p, BPF_JGT, value);
      return;
    case CHECK_LEAST:
      load(p, high(c->argument)), need(p, BPF_JEQ, 0);
      load(p, low(c->argument)), need(p, BPF_JGE, value);
      return;
    case CHECK_GUEST:
      /* In units of 4 GiB: address + length + 1 <= GUEST_HI. Each part is bounded first, so the
       * 32-bit sum cannot wrap; the hole above GUEST_END takes what the rounding forgets. */
      load(p, high((int)c->value)), need_not(p, BPF_JGT, GUEST_HI);
      emit(p, BPF_MISC | BPF_TAX, 0, 0, 0);
      load(p, high(c->argument)), need_not(p, BPF_JGT, GUEST_HI);
      emit(p, BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0);
      emit(p, BPF_ALU | BPF_ADD | BPF_K, 1, 0, 0);
      need_not(p, BPF_JGT, GUEST_HI);
      return;
  }
}

static void build_filter(struct program *p) {
  p->length = 0;
  /* Another architecture's numbers, or an instruction outside the stub: trap. */
  load(p, offsetof(struct seccomp_data, arch));
  emit(p, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_X86_64, 1, 0);
  emit(p, BPF_RET | BPF_K, SECCOMP_RET_TRAP, 0, 0);
  load(p, offsetof(struct seccomp_data, instruction_pointer) + 4);
  emit(p, BPF_JMP | BPF_JEQ | BPF_K, STUB_HI, 1, 0);
  emit(p, BPF_RET | BPF_K, SECCOMP_RET_TRAP, 0, 0);
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    p->fails = p->fails_true = 0;
    load(p, offsetof(struct seccomp_data, nr));
    need(p, BPF_JEQ, (uint32_t)rules[i].number);
    for (int c = 0; c < 6 && rules[i].checks[c].kind != CHECK_END; c++)
      emit_check(p, &rules[i].checks[c]);
    emit(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    for (unsigned f = 0; f < p->fails; f++)
      p->code[p->fail[f]].jf = (uint8_t)(p->length - p->fail[f] - 1);
    for (unsigned f = 0; f < p->fails_true; f++)
      p->code[p->fail_true[f]].jt = (uint8_t)(p->length - p->fail_true[f] - 1);
  }
  emit(p, BPF_RET | BPF_K, SECCOMP_RET_TRAP, 0, 0);
}

#endif
