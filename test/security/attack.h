/*
 * attack: what a hostile guest knows. It includes the platform's own layout.h, so it knows every
 * address of the stub's window, and it makes host system calls with the stub's own instruction.
 */
#ifndef TVISOR_TEST_ATTACK_H
#define TVISOR_TEST_ATTACK_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "layout.h"

#define FORK_WORD (0x8000 | 17)
#define THREAD_WORD (0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x200000)

/* The stub's `syscall; mov -8(%rbp),%rbx; leave; ret`: an attacker's dream, it comes straight back. */
static uint64_t gadget;

static inline void find_gadget(void) {
  static const unsigned char code[] = {0x0f, 0x05, 0x48, 0x8b, 0x5d, 0xf8, 0xc9, 0xc3};
  const unsigned char *text = (const unsigned char *)STUB_TEXT;
  for (unsigned i = 0; i + sizeof code < 0x4000; i++)
    if (memcmp(text + i, code, sizeof code) == 0) gadget = STUB_TEXT + i;
  if (gadget == 0) {
    puts("no gadget: this test must learn the new stub");
    exit(99);
  }
}

/* A host system call made by the stub's instruction; what the filter traps is the kernel's answer. */
static inline long stub_call(long nr, long a, long b, long c, long d, long e, long f) {
  long rc;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile(
      "sub $128, %%rsp\n\t" /* the red zone */
      "push %%rbp\n\t"
      "push %%rbx\n\t"
      "lea 2f(%%rip), %%rcx\n\t"
      "push %%rcx\n\t" /* where ret goes */
      "push %%rbx\n\t" /* what leave pops into rbp */
      "mov %%rsp, %%rbp\n\t"
      "push %%rbx\n\t" /* -8(%rbp) */
      "jmp *%[gadget]\n"
      "2:\n\t"
      "pop %%rbx\n\t"
      "pop %%rbp\n\t"
      "add $128, %%rsp\n\t"
      : "=a"(rc), "+r"(r10), "+r"(r8), "+r"(r9)
      : "a"(nr), "D"(a), "S"(b), "d"(c), [gadget] "r"(gadget)
      : "rcx", "r11", "r12", "memory");
  return rc;
}

static uint64_t random_state = 88172645463325252ull;
static inline uint64_t random64(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static inline volatile struct slot *slot_at(unsigned index) {
  return (volatile struct slot *)(STUB_SLOTS + index * CHUNK);
}

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void nap(unsigned ms) {
  struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
  nanosleep(&t, NULL);
}

#endif
