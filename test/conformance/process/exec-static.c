/* process: a static program replaces itself by itself, with new arguments, and keeps its process id.
 *
 * execve(2).
 */
// static
#include "case.h"

static int data = 1;

int main(int argc, char **argv) {
  if (argc == 3) {
    text("first", argv[1], strlen(argv[1]));
    check("same process id", atoi(argv[2]) == getpid());
    show("fresh data", data);
    text("environment", getenv("WORD"), strlen(getenv("WORD")));
    return 11;
  }
  char pid[16];
  data = 2;
  snprintf(pid, sizeof pid, "%d", getpid());
  execve("/proc/self/exe", (char *[]){ "self", "again", pid, NULL }, (char *[]){ "WORD=carried over", NULL });
  show("execve", -1);
  return 1;
}
