/*
 * Runs a command as uid and gid 65534: for cases that say `// as: user`.
 * It is part of the compared command, so it drops the rights in the same way on Linux and under tvisor.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <unistd.h>

#define NOBODY 65534

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)) {
    perror("as-user: cannot drop the rights of root");
    return 2;
  }
  execv(argv[1], argv + 1);
  perror("as-user: cannot run the case");
  return 2;
}
