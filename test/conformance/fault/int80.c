/* fault: a 32-bit system call by int 0x80 works or faults, but never confuses the process.
 *
 * Linux with CONFIG_IA32_EMULATION runs it as an i386 call; a kernel without it delivers SIGSEGV.
 */
#include "case.h"

int main(void) {
  int status;
  pid_t child = spawn();
  if (child == 0) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11"); /* i386 getpid */
    _exit(result == getpid() ? 0 : 1);
  }
  must("waitpid", waitpid(child, &status, 0));
  check("the right answer, or SIGSEGV",
        (WIFEXITED(status) && WEXITSTATUS(status) == 0) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
  child = spawn();
  if (child == 0) {
    __asm__ volatile("int $0x80" : : "a"(1L), "b"(33L) : "memory"); /* i386 exit(33); as a 64-bit number it is write */
    for (;;) pause();
  }
  must("waitpid", waitpid(child, &status, 0));
  check("exit 33, or SIGSEGV", (WIFEXITED(status) && WEXITSTATUS(status) == 33)
      || (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
  child = spawn();
  if (child == 0) {
    __asm__ volatile("int $0x81" ::: "memory");
    _exit(0);
  }
  reap("int 0x81", child);
  return 0;
}
