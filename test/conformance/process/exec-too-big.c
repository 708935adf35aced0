/* process: one argument may have 128 KiB less one byte, all together a quarter of the stack limit.
 *
 * execve(2), "Limits on size of arguments and environment": E2BIG.
 */
#include "case.h"
#include <sys/resource.h>

static void attempt(const char *name, char **arguments) {
  pid_t child = spawn();
  if (child == 0) {
    execve("/bin/true", arguments, NULL);
    show(name, -1);
    _exit(1);
  }
  reap(name, child);
}

int main(void) {
  size_t limit = 32 * 4096;
  char *one = malloc(limit + 1);
  memset(one, 'a', limit);
  one[limit] = 0;
  char *arguments[] = { "true", one + 1, NULL };
  attempt("longest single argument", arguments);
  arguments[1] = one;
  attempt("one byte more", arguments);

  static char *many[66];
  one[100000] = 0;
  for (int i = 0; i < 64; i++) many[i] = one;
  soft_limit(RLIMIT_STACK, 8 << 20);
  many[15] = NULL;
  attempt("1.5 MB with an 8 MiB stack", many);
  many[15] = one;
  attempt("6.4 MB with an 8 MiB stack", many);
  return 0;
}
