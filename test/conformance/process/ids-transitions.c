/* process: setuid, seteuid, setreuid and setresuid move between real, effective and saved ids.
 *
 * setuid(2), setreuid(2), setresuid(2), credentials(7).
 */
#include "case.h"

static void ids(const char *name, long result) {
  uid_t r, e, s;
  int saved = errno;
  getresuid(&r, &e, &s);
  say("%s: %s -> %d %d %d", name, result == -1 ? errno_name(saved) : "ok", r, e, s);
}

static void in_child(void (*body)(void)) {
  pid_t child = spawn();
  if (child == 0) {
    body();
    _exit(0);
  }
  reap("--", child);
}

static void drop_for_good(void) {
  ids("setuid(1000) as root", setuid(1000));
  ids("setuid(0)", setuid(0));
  ids("setresuid(-1,0,-1)", setresuid(-1, 0, -1));
  ids("setuid(-1)", setuid(-1));
}

static void drop_for_now(void) {
  ids("seteuid(1000)", seteuid(1000));
  ids("setuid(2000)", setuid(2000));
  ids("seteuid(0)", seteuid(0));
  ids("setresuid(1,2,3)", setresuid(1, 2, 3));
  ids("swap by setreuid(2,1)", setreuid(2, 1));
  ids("setresuid(-1,3,-1)", setresuid(-1, 3, -1));
}

static void saved_follows(void) {
  ids("setreuid(1000,-1)", setreuid(1000, -1));
  ids("setreuid(-1,2000)", setreuid(-1, 2000));
  ids("setuid(1000) as a user", setuid(1000));
  ids("setuid(2000) by saved id", setuid(2000));
  ids("setuid(3000)", setuid(3000));
}

int main(void) {
  in_child(drop_for_good);
  in_child(drop_for_now);
  in_child(saved_follows);
  ids("we are untouched", 0);
  return 0;
}
