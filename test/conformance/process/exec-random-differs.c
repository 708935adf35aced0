/* process: every exec gets fresh AT_RANDOM bytes and a fresh stack position; fork does not.
 *
 * getauxval(3), AT_RANDOM; the stack base is randomised (proc(5), randomize_va_space).
 */
#include "case.h"
#include <sys/auxv.h>

int main(int argc, char **argv) {
  unsigned char bytes[4][16];
  int channel[2];
  if (argc > 1) return write(50, (void *)getauxval(AT_RANDOM), 16) != 16;
  must("pipe", pipe(channel));
  must("dup2", dup2(channel[1], 50));
  memcpy(bytes[0], (void *)getauxval(AT_RANDOM), 16);
  for (int i = 1; i < 4; i++) {
    pid_t child = spawn();
    if (child == 0) {
      if (i < 3) execve("/proc/self/exe", (char *[]){ "case", "again", NULL }, NULL);
      _exit(write(50, (void *)getauxval(AT_RANDOM), 16) != 16);
    }
    reap("child", child);
    must("read", read(channel[0], bytes[i], 16));
  }
  check("exec changes it", memcmp(bytes[0], bytes[1], 16) != 0);
  check("every exec changes it", memcmp(bytes[1], bytes[2], 16) != 0);
  check("fork keeps it", memcmp(bytes[0], bytes[3], 16) == 0);
  return 0;
}
