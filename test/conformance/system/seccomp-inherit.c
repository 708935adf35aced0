/* system: seccomp filters pass to children and over exec, to other threads only with TSYNC.
 *
 * seccomp(2).
 */
// flags: -pthread
#include "case.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/syscall.h>

static long refuse_call(int number, int error, int flags) {
  struct sock_filter code[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &(struct sock_fprog){ COUNT(code), code });
}

static struct gate started, filtered, done;
static pid_t other_tid;
static int own_filter;
static void *other(void *unused) {
  if (own_filter) must("own filter", refuse_call(SYS_getpgrp, ERANGE, 0));
  other_tid = gettid();
  gate_open(started);
  gate_wait(filtered);
  say("thread: mode %d, no_new_privs %d", prctl(PR_GET_SECCOMP), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  long got = syscall(SYS_getppid);
  say("thread: getppid is refused %d", got == -1);
  gate_open(done);
  return unused;
}

static void tell_status(void) {
  char status[8192], *line = strstr(slurp("/proc/self/status", status, sizeof status), "Seccomp:");
  must("status", line ? 0 : -1);
  line[strcspn(line, "\n")] = ' ';
  say("%.*s", (int)strcspn(line, "\n"), line);
}

static void with_thread(const char *name, int flags, int own) {
  pid_t child = spawn();
  if (child == 0) {
    pthread_t thread;
    own_filter = own;
    started = gate_make(), filtered = gate_make(), done = gate_make();
    must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    pthread_create(&thread, NULL, other, NULL);
    gate_wait(started);
    long got = refuse_call(SYS_getppid, EXDEV, flags);
    if (got > 0) check("the answer is the thread", got == other_tid);
    else show("install", got);
    gate_open(filtered);
    gate_wait(done);
    say("main: getppid is refused %d", syscall(SYS_getppid) == -1);
    _exit(0);
  }
  reap(name, child);
}

int main(int count, char **words) {
  if (count > 1) {
    say("after exec: mode %d", prctl(PR_GET_SECCOMP));
    show("after exec: getppid", syscall(SYS_getppid));
    return 0;
  }
  with_thread("one thread", 0, 0);
  with_thread("TSYNC", SECCOMP_FILTER_FLAG_TSYNC, 0);
  with_thread("TSYNC with a thread of its own mind", SECCOMP_FILTER_FLAG_TSYNC, 1);
  with_thread("the same with ESRCH", SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH, 1);
  must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  must("filter", refuse_call(SYS_getppid, EXDEV, 0));
  pid_t child = spawn();
  if (child == 0) {
    say("child: mode %d", prctl(PR_GET_SECCOMP));
    show("child: getppid", syscall(SYS_getppid));
    show("one more filter", refuse_call(SYS_getpgrp, ERANGE, 0));
    show("child: getpgrp", syscall(SYS_getpgrp));
    tell_status();
    execl("/proc/self/exe", words[0], "again", NULL);
    _exit(1);
  }
  reap("child", child);
  check("the parent's getpgrp goes on", syscall(SYS_getpgrp) > 0);
  return 0;
}
