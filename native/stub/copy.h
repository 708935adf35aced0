/*
 * copy: how the stub moves bytes between guest memory and its slot, and lives when that faults.
 *
 * Only the three instructions named below touch guest memory. A fault at one of them is not the
 * guest's: recover() moves the interrupted code on to where it sees that the copy ended early.
 *  - copy_in(): before a system call is posted, what the call's hints say that it will read. A span
 *    that is shorter than the argument, or missing, makes the kernel read the rest itself.
 *  - copy_out(): before going back, what the kernel left in the slot for the guest.
 */
#ifndef TVISOR_STUB_COPY_H
#define TVISOR_STUB_COPY_H

#include <stdint.h>

#include "layout.h"

/* Returns how many bytes were not copied. */
uint64_t stub_copy(void *to, const void *from, uint64_t length);
/* Copies up to a NUL, which counts, and `most` bytes at most; returns how many. */
uint64_t stub_copy_string(void *to, const void *from, uint64_t most);
/* Returns the old word, or -EFAULT. */
int64_t stub_exchange(uint32_t *word, uint32_t expected, uint32_t value);

__asm__(
    ".text\n"
    "stub_copy:\n\t"
    "mov %rdx, %rcx\n"
    "copy_fault:\n\t"
    "rep movsb\n"
    "copy_landing:\n\t"
    "mov %rcx, %rax\n\t"
    "ret\n"
    "stub_copy_string:\n\t"
    "xor %ecx, %ecx\n"
    "1:\tcmp %rdx, %rcx\n\t"
    "jae string_landing\n"
    "string_fault:\n\t"
    "movzbl (%rsi,%rcx), %eax\n\t"
    "mov %al, (%rdi,%rcx)\n\t"
    "inc %rcx\n\t"
    "test %al, %al\n\t"
    "jnz 1b\n"
    "string_landing:\n\t"
    "mov %rcx, %rax\n\t"
    "ret\n"
    "stub_exchange:\n\t"
    "mov %esi, %eax\n"
    "exchange_fault:\n\t"
    "lock cmpxchg %edx, (%rdi)\n\t"
    "mov %eax, %eax\n\t"
    "ret\n"
    "exchange_landing:\n\t"
    "mov $-14, %rax\n\t" /* EFAULT */
    "ret\n");

extern const char copy_fault[], copy_landing[], string_fault[], string_landing[], exchange_fault[],
    exchange_landing[];

/* A fault with the instruction pointer at `ip`: is it one of ours? Then execution goes on elsewhere. */
static int recover(uint64_t *ip) {
  if (*ip == (uint64_t)copy_fault) *ip = (uint64_t)copy_landing;
  else if (*ip == (uint64_t)string_fault) *ip = (uint64_t)string_landing;
  else if (*ip == (uint64_t)exchange_fault) *ip = (uint64_t)exchange_landing;
  else return 0;
  return 1;
}

/* A span of the slot being filled. */
struct fill {
  struct slot *slot;
  uint32_t count, used;
};

/* Add `length` guest bytes as a span, cut to the room there is; where they lie now, and how many. */
static void *add_span(struct fill *fill, uint64_t address, uint64_t length, int is_string, uint64_t *copied) {
  *copied = 0;
  uint64_t room = SLOT_WINDOW + MOST_COPIED_IN - fill->used;
  if (length > room) length = room;
  if (fill->count == SPANS_IN || length == 0 || address >= GUEST_END) return 0;
  void *to = (char *)fill->slot + fill->used;
  if (is_string) *copied = stub_copy_string(to, (const void *)address, length);
  else *copied = length - stub_copy(to, (const void *)address, length);
  if (*copied == 0) return 0;
  struct span *span = &fill->slot->in[fill->count++];
  span->address = address;
  span->length = (uint32_t)*copied;
  span->offset = fill->used;
  fill->used += ((uint32_t)*copied + 7) & ~7u;
  return to;
}

/* An iovec of `count` buffers and what they hold, as far as there is room. */
static void add_vector(struct fill *fill, uint64_t address, uint64_t count) {
  struct { uint64_t base, length; } const *vector;
  uint64_t copied;
  if (count > 1024) return; /* UIO_MAXIOV: the call will fail */
  vector = add_span(fill, address, count * sizeof *vector, 0, &copied);
  for (uint64_t i = 0; vector != 0 && i < copied / sizeof *vector && fill->count < SPANS_IN; i++) {
    uint64_t got;
    add_span(fill, vector[i].base, vector[i].length, 0, &got);
  }
}

/* A msghdr and what it leads to. */
static void add_message(struct fill *fill, uint64_t address) {
  uint64_t copied, got;
  const uint64_t *header = add_span(fill, address, 56, 0, &copied);
  if (header == 0 || copied < 56) return;
  if ((uint32_t)header[1] != 0) add_span(fill, header[0], (uint32_t)header[1], 0, &got); /* name */
  if (header[5] != 0) add_span(fill, header[4], header[5], 0, &got);                     /* control */
  add_vector(fill, header[2], header[3]);
}

/* What the call in `regs` is about to read. */
static void copy_in(struct slot *slot, const uint64_t *regs) {
  struct fill fill = {slot, 0, SLOT_WINDOW};
  uint64_t nr = regs[RAX], copied;
  const struct hint *hint = ((const struct kernel_page *)STUB_PAGE)->hints[nr < HINT_CALLS ? nr : HINT_CALLS - 1];
  for (int i = 0; i < HINTS && hint[i].kind != 0; i++) {
    uint64_t address = regs[hint[i].address_register], length = hint[i].unit;
    if (address == 0) continue;
    uint64_t count = regs[hint[i].length_register];
    if (count > MOST_COPIED_IN) count = MOST_COPIED_IN;
    if (hint[i].kind == HINT_VECTOR) add_vector(&fill, address, count);
    else if (hint[i].kind == HINT_MESSAGE) add_message(&fill, address);
    else {
      if (hint[i].kind == HINT_COUNTED) length *= count;
      add_span(&fill, address, length, hint[i].kind == HINT_STRING, &copied);
    }
  }
  slot->in_count = fill.count;
}

/* 0, or -EFAULT when some of it could not be written. */
static int64_t copy_out(struct slot *slot) {
  int64_t rc = 0;
  uint32_t count = slot->out_count;
  if (count > SPANS_OUT) count = 0;
  for (uint32_t i = 0; i < count; i++) {
    const struct span *span = &slot->out[i];
    if (stub_copy((void *)span->address, (const char *)slot + span->offset, span->length) != 0) rc = -14;
  }
  return rc;
}

#endif
