/* memory: code can be written, run, rewritten and run again: W^X flips, RWX pages and double mappings.
 *
 * mprotect(2), PROT_EXEC; what just-in-time compilers do.
 */
#include "case.h"

/* mov $value, %eax; ret */
static void emit(unsigned char *code, int value) {
  code[0] = 0xb8;
  memcpy(code + 1, &value, 4);
  code[5] = 0xc3;
}
static int run(void *code) { return ((int (*)(void))code)(); }

int main(void) {
  long wrong = 0;
  unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 500; i++) {
    wrong += mprotect(code, 4096, PROT_READ | PROT_WRITE) != 0;
    emit(code, i);
    wrong += mprotect(code, 4096, PROT_READ | PROT_EXEC) != 0;
    wrong += run(code) != i;
  }
  show("W^X flips that went wrong", wrong);

  unsigned char *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = wrong = 0; i < 2000; i++) {
    emit(both, i);
    wrong += run(both) != i;
  }
  show("RWX rewrites that went wrong", wrong);

  int fd = memfd_create("code", 0);
  must("ftruncate", ftruncate(fd, 4096));
  unsigned char *writer = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  unsigned char *runner = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  for (int i = wrong = 0; i < 2000; i++) {
    emit(writer, i);
    wrong += run(runner) != i;
  }
  show("double mapping rewrites that went wrong", wrong);
  emit(both, 9);
  pid_t child = spawn();
  if (child == 0) _exit(run(both) + run(runner) == 9 + 1999);
  reap("child runs both", child);
  return 0;
}
