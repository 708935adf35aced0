/* process: the auxiliary vector tells the truth about the process.
 *
 * getauxval(3), execve(2).
 */
#include "case.h"
#include <elf.h>
#include <sys/auxv.h>

extern char **environ;

int main(int argc, char **argv) {
  show("AT_PAGESZ", getauxval(AT_PAGESZ));
  show("AT_CLKTCK", getauxval(AT_CLKTCK));
  show("AT_PHENT", getauxval(AT_PHENT));
  show("AT_SECURE", getauxval(AT_SECURE));
  show("AT_FLAGS", getauxval(AT_FLAGS));
  check("AT_UID and friends", getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid()
                                  && getauxval(AT_GID) == getgid() && getauxval(AT_EGID) == getegid());
  check("AT_PHDR lies in a readable page", mincore((void *)(getauxval(AT_PHDR) & -4096), 4096,
      (unsigned char[1]){ 0 }) == 0);
  Elf64_Phdr *headers = (Elf64_Phdr *)getauxval(AT_PHDR);
  int interpreter = 0;
  for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) interpreter |= headers[i].p_type == PT_INTERP;
  check("program headers name an interpreter", interpreter);
  check("AT_BASE is the interpreter's ELF header", memcmp((void *)getauxval(AT_BASE), ELFMAG, 4) == 0);
  check("AT_ENTRY is set", getauxval(AT_ENTRY) != 0);
  text("AT_PLATFORM", (char *)getauxval(AT_PLATFORM), strlen((char *)getauxval(AT_PLATFORM)));
  check("AT_EXECFN ends like argv[0]", strcmp(strrchr((char *)getauxval(AT_EXECFN), '/'), strrchr(argv[0], '/')) == 0);
  unsigned char *random = (unsigned char *)getauxval(AT_RANDOM), zero[16] = { 0 };
  check("AT_RANDOM is 16 bytes, not all zero", memcmp(random, zero, 16) != 0);
  uintptr_t stack = (uintptr_t)__builtin_frame_address(0);
  check("argv, envp and random lie above the stack pointer",
        (uintptr_t)argv > stack && (char **)environ == argv + argc + 1 && (uintptr_t)random > stack);
  return 0;
}
