/*
 * spin: how long to look for the other side's answer before going to sleep. The kernel and the stubs
 * keep one each, and learn from what happened last:
 *  - it came while we looked: worth it, look longer next time;
 *  - it came right after we slept: the other side had been waiting for our processor. Look less;
 *  - it came a wake-up from another processor later: with somebody to look, it would have been faster;
 *  - it took long: nothing to learn.
 * Two sides that share a processor so hand it over at once (5 us), and two that have one each never
 * sleep while they talk (0.2 us); a sleeper on another processor costs 25 us and more.
 */
#ifndef TVISOR_SPIN_H
#define TVISOR_SPIN_H

#include <stdint.h>

enum {
  SPIN_MOST = 1000, /* pauses; one is some 40 ns on the machines that we know */
  SPIN_LEAST = 32
};
/* Clock ticks: within the first the answer was ready when we slept, within the second it travelled. */
#define SPIN_READY 50000ull
#define SPIN_TRAVELLED 300000ull

static inline void spin_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static inline uint64_t spin_clock(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#endif
}

/*
 * What was learned: in the lower half the pauses that are worth it, in the upper one a count. Two sides
 * that share a processor while another one is idle would never find out: so now and then a side looks
 * for long, and the other, woken meanwhile, is put elsewhere.
 * The word is shared with nobody who could make it hurt: it is read once and bounded.
 */
enum { SPIN_PROBE = 32 };

static inline uint32_t spin_budget(uint32_t *learned, uint32_t most) {
  uint32_t word = *(const volatile uint32_t *)learned;
  uint32_t pauses = word & 0xffff, turn = word >> 16;
  if (pauses < SPIN_LEAST || pauses > SPIN_MOST) pauses = SPIN_MOST; /* nothing learned yet */
  *learned = (turn + 1) << 16 | pauses;
  if (turn % SPIN_PROBE == 0) pauses = SPIN_MOST;
  return pauses < most ? pauses : most;
}

static inline void spin_learn(uint32_t *learned, uint32_t pauses) {
  if (pauses < SPIN_LEAST) pauses = SPIN_LEAST;
  if (pauses > SPIN_MOST) pauses = SPIN_MOST;
  *learned = (*learned & 0xffff0000u) | pauses;
}

static inline void spin_came(uint32_t *learned, uint32_t spun) { spin_learn(learned, spun * 2); }

static inline void spin_slept(uint32_t *learned, uint32_t spun, uint64_t ticks) {
  uint32_t pauses = *(const volatile uint32_t *)learned & 0xffff;
  if (spun > pauses) return; /* a probe that failed says nothing new */
  if (ticks < SPIN_READY) spin_learn(learned, pauses / 4);
  else if (ticks < SPIN_TRAVELLED) spin_learn(learned, pauses * 4);
}

#endif
