/* process: a static program forks, waits and reads its child's word through a pipe.
 *
 * fork(2), wait(2), pipe(2).
 */
// static
#include "case.h"

int main(void) {
  int ends[2], status;
  char bytes[16];
  must("pipe", pipe(ends));
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write(ends[1], "from the child", 14);
    _exit(7);
  }
  close(ends[1]);
  text("read", bytes, read(ends[0], bytes, sizeof bytes));
  show("end of file", read(ends[0], bytes, sizeof bytes));
  check("wait returns the child", wait(&status) == child);
  show_status("status", status);
  show("no more children", wait(&status));
  return 0;
}
