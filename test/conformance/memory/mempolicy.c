/* memory: placement on memory nodes is checked, kept and told.
 *
 * set_mempolicy(2), get_mempolicy(2), mbind(2), move_pages(2), migrate_pages(2).
 */
#include "case.h"
#include <linux/mempolicy.h>
#include <sys/syscall.h>

static unsigned long nodes;
static void tell(const char *name, void *address, int flags) {
  int mode = -1;
  unsigned long mask[16] = { 0 };
  long rc = syscall(SYS_get_mempolicy, &mode, mask, 1024, address, flags);
  if (rc == -1) show(name, rc);
  else say("%s: mode %#x, nodes %lx", name, mode, mask[0]);
}
static void set(const char *name, int mode, unsigned long mask, int bits) {
  nodes = mask;
  show(name, syscall(SYS_set_mempolicy, mode, bits ? &nodes : NULL, bits));
}

int main(void) {
  char *area = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  tell("at first", NULL, 0);
  tell("of an address", area, MPOL_F_ADDR);
  tell("of an address without saying so", area, 0);
  tell("of nothing", (void *)0x1000, MPOL_F_ADDR);
  tell("node of an address", area, MPOL_F_ADDR | MPOL_F_NODE);
  tell("next node", NULL, MPOL_F_NODE);
  tell("unknown flag", NULL, 8);
  tell("allowed with address", area, MPOL_F_MEMS_ALLOWED | MPOL_F_ADDR);
  unsigned long few[2] = { 0, 7 };
  show("a mask of no bits", syscall(SYS_get_mempolicy, NULL, few, 0, NULL, 0));
  show("a mask of one word", syscall(SYS_get_mempolicy, NULL, few, 65, NULL, 0));
  check("of which the next one is not touched", few[1] == 7);
  show("a mask longer than a page", syscall(SYS_get_mempolicy, NULL, few, 32770, NULL, 0));
  show("a mask longer than memory", syscall(SYS_get_mempolicy, NULL, few, 1ul << 40, NULL, 0));
  show("a mask that is not there", syscall(SYS_get_mempolicy, NULL, bad_pointer(), 65, NULL, 0));
  set("bind", MPOL_BIND, 1, 64);
  tell("now", NULL, 0);
  set("bind to no node", MPOL_BIND, 0, 64);
  set("bind with no mask", MPOL_BIND, 0, 0);
  set("default with nodes", MPOL_DEFAULT, 1, 64);
  set("static", MPOL_BIND | MPOL_F_STATIC_NODES, 1, 64);
  tell("now", NULL, 0);
  set("static and relative", MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES, 1, 64);
  set("no such mode", 99, 1, 64);
  set("negative mode", -1, 1, 64);
  set("a long mask", MPOL_BIND, 1, 1 << 20);
  set("local with nodes", MPOL_LOCAL, 1, 64);
  set("local", MPOL_LOCAL, 0, 0);
  tell("now", NULL, 0);
  set("preferred nowhere", MPOL_PREFERRED, 0, 0);
  tell("now", NULL, 0);
  set("interleave", MPOL_INTERLEAVE, 1, 64);
  tell("next node", NULL, MPOL_F_NODE);
  pid_t child = spawn();
  if (child == 0) { tell("in the child", NULL, 0); _exit(0); }
  reap("child", child);
  set("default", MPOL_DEFAULT, 0, 0);
  tell("in the end", NULL, 0);
  nodes = 1;
  show("mbind", syscall(SYS_mbind, area, 4096, MPOL_BIND, &nodes, 64, 0));
  tell("first page", area, MPOL_F_ADDR);
  tell("second page", area + 4096, MPOL_F_ADDR);
  show("mbind unaligned", syscall(SYS_mbind, area + 1, 4096, MPOL_BIND, &nodes, 64, 0));
  show("mbind a hole", syscall(SYS_mbind, 0x1000, 4096, MPOL_BIND, &nodes, 64, 0));
  show("mbind with an unknown flag", syscall(SYS_mbind, area, 4096, MPOL_BIND, &nodes, 64, 8));
  show("mbind nothing", syscall(SYS_mbind, area, 0, MPOL_BIND, &nodes, 64, 0));
  show("home node", syscall(SYS_set_mempolicy_home_node, area, 4096, 0, 0));
  show("home node of a plain page", syscall(SYS_set_mempolicy_home_node, area + 4096, 4096, 0, 0));
  show("home node with flags", syscall(SYS_set_mempolicy_home_node, area, 4096, 0, 1));
  area[0] = 1;
  void *pages[] = { area, area + 4096, (void *)0x1000 };
  int status[3] = { 9, 9, 9 }, target[3] = { 0, 0, 0 };
  show("where are pages", syscall(SYS_move_pages, 0, 3, pages, NULL, status, 0));
  say("status %d %d %d", status[0], status[1], status[2]);
  show("move pages", syscall(SYS_move_pages, 0, 1, pages, target, status, MPOL_MF_MOVE));
  target[0] = 999;
  show("to no node", syscall(SYS_move_pages, 0, 1, pages, target, status, MPOL_MF_MOVE));
  show("with MPOL_MF_STRICT", syscall(SYS_move_pages, 0, 1, pages, target, status, MPOL_MF_STRICT));
  show("of nobody", syscall(SYS_move_pages, 4000000, 1, pages, target, status, MPOL_MF_MOVE));
  show("migrate", syscall(SYS_migrate_pages, 0, 64, &nodes, &nodes));
  show("migrate nobody", syscall(SYS_migrate_pages, 4000000, 64, &nodes, &nodes));
  return 0;
}
