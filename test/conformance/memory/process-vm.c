/* memory: process_vm_readv() and process_vm_writev() reach another process's memory.
 *
 * process_vm_readv(2); /proc/pid/mem, proc(5).
 */
#include "case.h"
#include <sys/uio.h>

static char shared_place[16] = "original";

int main(void) {
  char local[16] = "";
  struct gate changed = gate_make(), written = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    strcpy(shared_place, "child's");
    gate_open(changed);
    gate_wait(written);
    text("child sees", shared_place, strlen(shared_place));
    _exit(0);
  }
  gate_wait(changed);
  struct iovec here = { local, 7 }, there = { shared_place, 7 };
  show("process_vm_readv", process_vm_readv(child, &here, 1, &there, 1, 0));
  text("read", local, 7);
  strcpy(local, "written");
  show("process_vm_writev", process_vm_writev(child, &here, 1, &there, 1, 0));
  struct iovec nowhere = { bad_pointer(), 7 };
  show("remote address bad", process_vm_readv(child, &here, 1, &nowhere, 1, 0));
  show("local address bad", process_vm_readv(child, &nowhere, 1, &there, 1, 0));
  show("unknown flags", process_vm_readv(child, &here, 1, &there, 1, 1));
  show("nobody", process_vm_readv(999999, &here, 1, &there, 1, 0));
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", child);
  int mem = must("open mem", open(path, O_RDWR));
  show("pread of /proc/pid/mem", pread(mem, local, 7, (off_t)shared_place));
  show("pwrite of /proc/pid/mem", pwrite(mem, "WRI", 3, (off_t)shared_place));
  show("pread of an unmapped address", pread(mem, local, 7, 4096));
  gate_open(written);
  reap("child", child);
  text("ours is untouched", shared_place, strlen(shared_place));
  return 0;
}
