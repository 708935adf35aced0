/* process: setgroups and the gid calls follow privilege; getgroups sizes are checked.
 *
 * getgroups(2), setgid(2), setresgid(2), setfsuid(2).
 */
#include "case.h"
#include <grp.h>
#include <sys/fsuid.h>

int main(void) {
  gid_t groups[3] = { 7, 5, 6 }, got[5] = { 0 };
  show("setgroups", setgroups(3, groups));
  show("getgroups(0) counts", getgroups(0, NULL));
  show("getgroups", getgroups(5, got));
  say("sorted: %d %d %d", got[0], got[1], got[2]);
  show("getgroups too small", getgroups(2, got));
  show("getgroups negative", syscall(SYS_getgroups, -1, got));
  show("getgroups bad pointer", syscall(SYS_getgroups, 3, bad_pointer()));
  show("setgroups too many", syscall(SYS_setgroups, 65537, groups));
  show("setgroups bad pointer", syscall(SYS_setgroups, 3, bad_pointer()));
  show("setresgid", setresgid(10, 20, 30));
  show("setfsuid returns the old id", setfsuid(1234));
  show("and again", setfsuid(-1));
  setfsuid(0);
  show("setresuid", setresuid(1000, 1000, 1000));
  show("setgroups as a user", setgroups(1, groups));
  show("setgid to the saved id", setgid(30));
  show("setgid to the real id", setgid(10));
  show("setgid to a supplementary group", setgid(7));
  show("setegid(-1)", setegid(-1));
  say("gid %d, egid %d", getgid(), getegid());
  show("setfsuid of a user is refused silently", setfsuid(5));
  show("it stays", setfsuid(-1));
  return 0;
}
