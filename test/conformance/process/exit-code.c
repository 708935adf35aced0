/* process: only the low 8 bits of an exit code reach the parent.
 *
 * _exit(2), wait(2).
 */
#include "case.h"

int main(void) {
  static const int codes[] = { 0, 1, 42, 127, 128, 255, 256, 257, -1, 0x1234 };
  for (size_t i = 0; i < COUNT(codes); i++) {
    pid_t child = spawn();
    if (child == 0) _exit(codes[i]);
    char name[32];
    snprintf(name, sizeof name, "_exit(%d)", codes[i]);
    reap(name, child);
  }
  pid_t child = spawn();
  if (child == 0) syscall(SYS_exit, 5);
  reap("exit of the only thread", child);
  child = spawn();
  if (child == 0) abort();
  reap("abort", child);
  return 256 + 7;
}
