/* call: a thread's GS base is its own, before, while and after it makes system calls.
 *
 * arch_prctl(2), ARCH_SET_GS and ARCH_GET_GS. Programs leave it alone, but for a few (Wine) that keep their thread's
 * data there.
 */
#include "case.h"

#include <asm/prctl.h>
#include <pthread.h>

static uint64_t area[2][16];

static uint64_t base(void) {
  uint64_t value = 1;
  must("ARCH_GET_GS", syscall(SYS_arch_prctl, ARCH_GET_GS, &value));
  return value;
}

static uint64_t through_gs(void) {
  uint64_t value;
  __asm__ volatile("mov %%gs:8, %0" : "=r"(value));
  return value;
}

static void calls(void) {
  for (int i = 0; i < 100; i++) getppid();
}

static void *other(void *argument) {
  calls();
  check("another thread starts without one", base() == 0);
  must("set", syscall(SYS_arch_prctl, ARCH_SET_GS, area[1]));
  calls();
  check("it has its own", base() == (uint64_t)area[1] && through_gs() == 2);
  return NULL;
}

int main(void) {
  pthread_t thread;
  area[0][1] = 1;
  area[1][1] = 2;
  check("none at first", base() == 0);
  calls();
  check("none after calls", base() == 0);
  must("pthread_create", -pthread_create(&thread, NULL, other, NULL));
  pthread_join(thread, NULL);
  check("none while another has one", base() == 0);
  show("set", syscall(SYS_arch_prctl, ARCH_SET_GS, area[0]));
  check("read through it", through_gs() == 1);
  calls();
  check("still there after calls", base() == (uint64_t)area[0] && through_gs() == 1);
  pid_t child = spawn();
  if (child == 0) {
    calls();
    _exit(base() == (uint64_t)area[0] && through_gs() == 1 ? 0 : 1);
  }
  reap("a child inherits it", child);
  show("reset", syscall(SYS_arch_prctl, ARCH_SET_GS, 0));
  calls();
  check("none again", base() == 0);
  show_ok("bad pointer", syscall(SYS_arch_prctl, ARCH_GET_GS, 8));
  return 0;
}
