/* process: kcmp tells whether two processes share memory, files, and the like.
 *
 * kcmp(2).
 */
// flags: -pthread
#include "case.h"
#include <linux/kcmp.h>
#include <pthread.h>
#include <sys/syscall.h>

static const struct { const char *name; int type; } types[] = {
  { "memory", KCMP_VM }, { "files", KCMP_FILES }, { "directories", KCMP_FS }, { "handlers", KCMP_SIGHAND },
};

static void compare(const char *name, pid_t other) {
  for (size_t i = 0; i < COUNT(types); i++) {
    long rc = syscall(SYS_kcmp, getpid(), other, types[i].type, 0, 0);
    if (rc == -1) show(types[i].name, rc);
    else say("%s: same %s %d", name, types[i].name, rc == 0);
  }
}

static struct gate started, done;
static pid_t other;
static void *thread(void *unused) {
  other = gettid();
  gate_open(started);
  gate_wait(done);
  return unused;
}

static void compare_files(const char *name, pid_t pid, int a, int b) {
  long rc = syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, a, b);
  if (rc == -1) show(name, rc);
  else say("%s: same %d", name, rc == 0);
}

int main(void) {
  compare("self", getpid());
  int fd = must("open", open("/dev/null", O_RDONLY)), copy = dup(fd), again = must("open", open("/dev/null", O_RDONLY));
  compare_files("a copy", getpid(), fd, copy);
  compare_files("opened again", getpid(), fd, again);
  compare_files("not open", getpid(), fd, 99);
  done = gate_make();
  pid_t child = spawn();
  if (child == 0) { gate_wait(done); _exit(0); }
  compare("child", child);
  compare_files("the child's descriptor", child, fd, fd);
  gate_open(done);
  reap("child", child);
  started = gate_make(), done = gate_make();
  pthread_t second;
  pthread_create(&second, NULL, thread, NULL);
  gate_wait(started);
  compare("thread", other);
  show("undo lists of a thread", syscall(SYS_kcmp, getpid(), other, KCMP_SYSVSEM, 0, 0));
  gate_open(done);
  pthread_join(second, NULL);
  show("nobody", syscall(SYS_kcmp, getpid(), 4000000, KCMP_VM, 0, 0));
  show("no such type", syscall(SYS_kcmp, getpid(), getpid(), 99, 0, 0));
  return 0;
}
