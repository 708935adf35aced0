/* process: a dynamic program finds its libraries, its arguments and an empty standard input.
 *
 * execve(2), ld.so(8): the loader maps the interpreter and the libraries before main.
 */
// args: one two three
#include "case.h"

static int constructed;
__attribute__((constructor)) static void construct(void) { constructed = 1; }
static void at_end(void) { say("atexit handler runs"); }

int main(int argc, char **argv) {
  char byte;
  check("constructor ran before main", constructed);
  show("argc", argc);
  for (int i = 1; i < argc; i++) text("argument", argv[i], strlen(argv[i]));
  check("argv ends with NULL", argv[argc] == NULL);
  show("read of standard input", read(STDIN_FILENO, &byte, 1));
  atexit(at_end);
  say("malloc works: %s", malloc(1 << 20) ? "yes" : "no");
  return 3;
}
