/* call: who a process is, asked again and again, is right as soon as it has changed.
 *
 * getpid(2), getppid(2), gettid(2), getuid(2) and their like: setuid(2) in this thread only, fork(2), the end of a parent,
 * execve(2), a new user namespace and its maps, a seccomp filter that answers otherwise.
 */
#include "case.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>

struct who { pid_t pid, tid, parent; uid_t uid, euid; gid_t gid, egid; };

static struct who ask(void) {
  struct who w;
  for (int i = 0; i < 50; i++) {
    w = (struct who){ getpid(), gettid(), getppid(), getuid(), geteuid(), getgid(), getegid() };
  }
  return w;
}

static void *thread(void *argument) {
  struct who first = ask(), *main_thread = argument;
  check("a thread has its own id", first.pid == main_thread->pid && first.tid != main_thread->tid);
  /* The system call changes this thread alone; the C library's function would change all. */
  must("setresuid", syscall(SYS_setresuid, 1001, 1002, 1003));
  struct who w = ask();
  say("after setresuid in a thread: %d %d", w.uid, w.euid);
  return NULL;
}

static void await(pid_t child) {
  int status;
  waitpid(child, &status, 0);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    struct who w = ask();
    say("after exec: uid %d, thread id is pid: %s", w.uid, w.pid == w.tid ? "yes" : "no");
    return 0;
  }
  struct who first = ask();
  check("repeated", first.pid == getpid() && first.parent == getppid() && first.tid == first.pid);
  say("ids: %d %d %d %d", first.uid, first.euid, first.gid, first.egid);

  pthread_t other;
  must("pthread_create", -pthread_create(&other, NULL, thread, &first));
  pthread_join(other, NULL);
  say("the main thread: %d %d", ask().uid, ask().euid);

  pid_t child = spawn();
  if (child == 0) {
    struct who w = ask();
    check("a child's pid is new, its parent is this", w.pid != first.pid && w.tid == w.pid && w.parent == first.pid);
    must("setresgid", setresgid(2001, 2002, 2003));
    w = ask();
    say("after setresgid: %d %d", w.gid, w.egid);
    must("setresuid", setresuid(1001, 1001, 1001));
    say("after setresuid: %d %d", ask().uid, ask().euid);
    execl("/proc/self/exe", "case", "again", (char *)NULL);
    _exit(1);
  }
  await(child);

  int ends[2];
  must("pipe", pipe(ends));
  must("PR_SET_CHILD_SUBREAPER", prctl(PR_SET_CHILD_SUBREAPER, 1));
  child = spawn();
  if (child == 0) {
    pid_t middle = getpid();
    if (fork() == 0) {
      char byte;
      int before = ask().parent == middle;
      read(ends[0], &byte, 1);
      for (int i = 0; i < 1000 && getppid() == middle; i++) usleep(1000);
      say("an orphan: %s, then its parent is the reaper: %s", before ? "yes" : "no", ask().parent == first.pid ? "yes" : "no");
      _exit(0);
    }
    usleep(20000);
    _exit(0);
  }
  await(child);
  must("write", write(ends[1], "x", 1));
  await(-1);

  child = spawn();
  if (child == 0) {
    struct who w = ask();
    int user = unshare(CLONE_NEWUSER), map;
    say("before: %d, unshare: %d", w.uid, user);
    say("without a map: %d", ask().uid);
    map = open("/proc/self/uid_map", O_WRONLY);
    dprintf(map, "7 0 1\n");
    say("with a map: %d %d", ask().uid, ask().euid);
    _exit(0);
  }
  await(child);

  child = spawn();
  if (child == 0) {
    struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getuid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 77),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { COUNT(code), code };
    ask();
    must("PR_SET_NO_NEW_PRIVS", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must("seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    errno = 0;
    long rc = 0;
    for (int i = 0; i < 20; i++) rc = syscall(SYS_getuid);
    say("filtered: %ld, errno %d", rc, errno);
    _exit(0);
  }
  await(child);
  return 0;
}
