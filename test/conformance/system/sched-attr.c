/* system: sched_setattr and sched_getattr: sizes, policies, priorities, flags.
 *
 * sched_setattr(2).
 */
#include "case.h"
#include <sys/syscall.h>

struct attributes { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; uint32_t low, high; };

static void tell(const char *name) {
  struct attributes now = { 0 };
  must("getattr", syscall(SYS_sched_getattr, 0, &now, sizeof now, 0));
  say("%s: size %u, policy %u, flags %#lx, nice %d, priority %u", name, now.size, now.policy, (long)now.flags, now.nice, now.priority);
}
static void set(const char *name, struct attributes wanted) {
  if (wanted.size == 0) wanted.size = sizeof wanted;
  show(name, syscall(SYS_sched_setattr, 0, &wanted, 0));
}

int main(void) {
  struct attributes now, old = { .size = 48 };
  tell("at first");
  memset(&now, 0x55, sizeof now);
  show("get a short struct", syscall(SYS_sched_getattr, 0, &now, 48, 0));
  say("size %u, the rest is left: %d", now.size, now.low == 0x55555555);
  show("too short", syscall(SYS_sched_getattr, 0, &now, 47, 0));
  show("too long", syscall(SYS_sched_getattr, 0, &now, 5000, 0));
  show("flags", syscall(SYS_sched_getattr, 0, &now, 56, 1));
  show("no struct", syscall(SYS_sched_getattr, 0, NULL, 56, 0));
  show("nobody", syscall(SYS_sched_getattr, 4000000, &now, 56, 0));
  show("negative", syscall(SYS_sched_getattr, -1, &now, 56, 0));
  show("to nowhere", syscall(SYS_sched_getattr, 0, bad_pointer(), 56, 0));
  set("nice", (struct attributes){ .nice = 5 });
  tell("now");
  show("nice as others see it", getpriority(PRIO_PROCESS, 0));
  set("batch", (struct attributes){ .policy = SCHED_BATCH, .nice = 99 });
  tell("now");
  set("reset on fork", (struct attributes){ .policy = SCHED_OTHER, .flags = 1 });
  tell("now");
  say("as the older call tells it: %#x", sched_getscheduler(0));
  set("FIFO", (struct attributes){ .policy = SCHED_FIFO, .priority = 3 });
  tell("now");
  set("FIFO without priority", (struct attributes){ .policy = SCHED_FIFO });
  set("too high", (struct attributes){ .policy = SCHED_RR, .priority = 100 });
  set("a priority of a fair task", (struct attributes){ .policy = SCHED_OTHER, .priority = 1 });
  set("keep the policy", (struct attributes){ .flags = 8, .priority = 4 });
  tell("now");
  set("keep the parameters", (struct attributes){ .policy = SCHED_RR, .flags = 16 });
  tell("now");
  set("fair again", (struct attributes){ .policy = SCHED_OTHER });
  set("no such policy", (struct attributes){ .policy = 4 });
  set("negative policy", (struct attributes){ .policy = -1 });
  set("unknown flag", (struct attributes){ .flags = 1 << 20 });
  set("deadline without times", (struct attributes){ .policy = 6 });
  set("deadline out of order", (struct attributes){ .policy = 6, .runtime = 9000000, .deadline = 8000000, .period = 8000000 });
  set("small", (struct attributes){ .size = 40 });
  char large[128] = { 0 };
  memcpy(large, &(struct attributes){ .size = 128 }, sizeof now);
  show("large and zero", syscall(SYS_sched_setattr, 0, large, 0));
  large[100] = 1;
  show("large and not zero", syscall(SYS_sched_setattr, 0, large, 0));
  say("told its size: %u", *(uint32_t *)large);
  show("flags of the call", syscall(SYS_sched_setattr, 0, &old, 1));
  show("nobody", syscall(SYS_sched_setattr, 4000000, &old, 0));
  show("from nowhere", syscall(SYS_sched_setattr, 0, bad_pointer(), 0));
  show("no struct", syscall(SYS_sched_setattr, 0, NULL, 0));
  tell("in the end");
  return 0;
}
