/* process: a set-user-ID file gives its owner's effective and saved id, and AT_SECURE.
 *
 * execve(2), "Effect on credentials"; PR_SET_NO_NEW_PRIVS disables it (prctl(2)).
 */
#include "case.h"
#include <grp.h>
#include <sys/auxv.h>

static void copy_self(const char *path, uid_t owner, mode_t mode) {
  static char buffer[65536];
  int from = must("open", open("/proc/self/exe", O_RDONLY)), to = must("open", open(path, O_CREAT | O_WRONLY, 0755));
  for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;) must("write", write(to, buffer, got));
  close(from), close(to);
  must("chown", chown(path, owner, owner));
  must("chmod", chmod(path, mode));
}

static void run(const char *name, const char *path, int no_new_privileges) {
  say("-- %s", name);
  pid_t child = spawn();
  if (child == 0) {
    must("setgroups", setgroups(0, NULL));
    must("setresgid", setresgid(1000, 1000, 1000));
    must("setresuid", setresuid(1000, 1000, 1000));
    if (no_new_privileges) must("prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    execve(path, (char *[]){ "case", "again", NULL }, NULL);
    show("execve", -1);
    _exit(1);
  }
  reap("ended", child);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    uid_t r, e, s;
    gid_t rg, eg, sg;
    getresuid(&r, &e, &s), getresgid(&rg, &eg, &sg);
    say("uid %d %d %d, gid %d %d %d, AT_SECURE %lu", r, e, s, rg, eg, sg, getauxval(AT_SECURE));
    show("dumpable", prctl(PR_GET_DUMPABLE) == 1);
    show("back to the real id", setresuid(-1, r, -1));
    show("and to the saved id again", setresuid(-1, s, -1));
    return 0;
  }
  must("chmod", chmod(".", 0755));
  copy_self("plain", 2000, 0755), copy_self("user", 2000, 04755), copy_self("group", 2000, 02755);
  copy_self("both", 2000, 06755), copy_self("root", 0, 04755), copy_self("mandatory", 2000, 02745);
  run("plain", "./plain", 0);
  run("set-user-ID", "./user", 0);
  run("set-group-ID", "./group", 0);
  run("both", "./both", 0);
  run("to root", "./root", 0);
  run("set-user-ID with no_new_privs", "./user", 1);
  run("set-group-ID without group execute", "./mandatory", 0);
  return 0;
}
