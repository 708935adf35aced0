/* system: seccomp kills: strict mode, KILL_PROCESS, KILL_THREAD, and answers that are no actions.
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

static void kill_getppid(unsigned verdict) {
  struct sock_filter code[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, verdict),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { COUNT(code), code };
  must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  must("filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void *thread(void *verdict) {
  kill_getppid((unsigned)(long)verdict);
  syscall(SYS_getppid);
  say("not killed");
  return NULL;
}

static void in_child(const char *name, void (*run)(void)) {
  pid_t child = spawn();
  if (child == 0) { soft_limit(RLIMIT_CORE, 0); run(); _exit(7); }
  reap(name, child);
}

static void strict_allowed(void) {
  must("strict", prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
  if (write(1, "strict mode writes\n", 19) != 19) {}
  char byte;
  if (read(-1, &byte, 1) == -1) {}
  syscall(SYS_exit, 3);
}
static void strict_killed(void) { must("strict", prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)); syscall(SYS_getpid); }
static void strict_asked(void) { must("strict", syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL)); prctl(PR_GET_SECCOMP); }
static void strict_args(void) { show("strict mode takes no flags", syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL)); }
static void process_killed(void) { kill_getppid(SECCOMP_RET_KILL_PROCESS); syscall(SYS_getppid); }
static void thread_killed(void) { kill_getppid(SECCOMP_RET_KILL_THREAD); syscall(SYS_getppid); }
static void nonsense(void) { kill_getppid(0x00010000); syscall(SYS_getppid); }
static void division(void) {
  struct sock_filter code[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 2),
    BPF_STMT(BPF_LDX | BPF_IMM, 0), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  must("filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ COUNT(code), code }));
  syscall(SYS_getppid);
}
static void other_thread(void) {
  pthread_t other;
  pthread_create(&other, NULL, thread, (void *)SECCOMP_RET_KILL_THREAD);
  sleep_ms(30);
  say("the process lives on");
  _exit(5);
}
static void other_process(void) {
  pthread_t other;
  pthread_create(&other, NULL, thread, (void *)(long)SECCOMP_RET_KILL_PROCESS);
  for (;;) pause();
}

int main(void) {
  in_child("strict mode ends by exit", strict_allowed);
  in_child("strict mode and another call", strict_killed);
  in_child("strict mode asked about itself", strict_asked);
  in_child("strict mode with flags", strict_args);
  in_child("KILL_PROCESS", process_killed);
  in_child("KILL_THREAD of the only thread", thread_killed);
  in_child("no action", nonsense);
  in_child("division by zero", division);
  in_child("KILL_THREAD of another thread", other_thread);
  in_child("KILL_PROCESS in another thread", other_process);
  return 0;
}
