/* system: personality() keeps bits over fork and exec, and PER_LINUX is the default.
 *
 * personality(2).
 */
#include "case.h"
#include <sys/personality.h>

int main(int argc, char **argv) {
  if (argc > 1) {
    show("after exec", personality(0xffffffff));
    return 0;
  }
  show("default", personality(0xffffffff));
  show("set ADDR_NO_RANDOMIZE returns the old", personality(ADDR_NO_RANDOMIZE));
  show("now", personality(0xffffffff));
  pid_t child = spawn();
  if (child == 0) {
    show("child", personality(0xffffffff));
    execve("/proc/self/exe", (char *[]){ "case", "again", NULL }, NULL);
    _exit(1);
  }
  reap("child", child);
  show("back", personality(PER_LINUX));
  return 0;
}
