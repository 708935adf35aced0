/* process: a static program writes one line and exits 0.
 *
 * The first program a young kernel runs: execve, the start-up calls of libc, write(2), exit_group(2).
 */
// static
#include "case.h"

int main(void) {
  const char line[] = "hello, kernel\n";
  ssize_t written = write(STDOUT_FILENO, line, sizeof line - 1);
  check("all bytes written", written == sizeof line - 1);
  show("write of nothing", write(STDOUT_FILENO, line, 0));
  show("write to a closed descriptor", write(77, line, 1));
  show("write from a bad pointer", write(STDOUT_FILENO, bad_pointer(), 1));
  return 0;
}
