/* fault: a user's fork bomb ends at RLIMIT_NPROC with EAGAIN, and the rest of the system goes on.
 *
 * getrlimit(2), RLIMIT_NPROC; fork(2), EAGAIN. Root is exempt.
 */
#include "case.h"
#include <grp.h>
#include <sys/resource.h>

int main(void) {
  pid_t user = spawn();
  if (user == 0) {
    /* An id that nobody else uses, so that other processes do not count. */
    uid_t id = 70000 + getpid() % 50000;
    must("setrlimit", setrlimit(RLIMIT_NPROC, &(struct rlimit){ 10, 10 }));
    must("setgroups", setgroups(0, NULL)), must("setresgid", setresgid(id, id, id)),
        must("setresuid", setresuid(id, id, id));
    pid_t children[20];
    int count = 0;
    while (count < 20 && (children[count] = fork()) >= 0) {
      if (children[count] == 0)
        for (;;) pause();
      count++;
    }
    show("fork at the limit", count < 20 ? -1 : 0);
    show("children with a limit of 10", count);
    kill(children[0], SIGKILL);
    siginfo_t info;
    must("waitid", waitid(P_PID, children[0], &info, WEXITED | WNOWAIT));
    show("a zombie still counts", fork());
    must("waitpid", waitpid(children[0], NULL, 0));
    pid_t next = fork();
    if (next == 0) _exit(6);
    reap("after reaping one there is room", next);
    for (int i = 1; i < count; i++) kill(children[i], SIGKILL);
    while (wait(NULL) > 0) {}
    _exit(0);
  }
  reap("user", user);
  must("setrlimit", setrlimit(RLIMIT_NPROC, &(struct rlimit){ 0, 0 }));
  pid_t child = fork();
  if (child == 0) _exit(5);
  reap("root is exempt", child);
  return 0;
}
