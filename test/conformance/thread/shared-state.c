/* thread: threads share descriptors, directory, ids and handlers, but not the mask or errno.
 *
 * pthreads(7); nptl(7): setuid works for the whole process by a signal to each thread.
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static pthread_barrier_t step;

static void *other(void *unused) {
  sigset_t mask;
  errno = 77;
  pthread_barrier_wait(&step); /* 1: main has changed everything */
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  check("descriptor opened by main", fcntl(60, F_GETFD) == 0);
  check("working directory", access("inside", F_OK) == 0);
  say("umask %03o", umask(0));
  say("uid %d, system call %ld", getuid(), syscall(SYS_getuid));
  check("mask is our own", !sigismember(&mask, SIGUSR1));
  check("errno is our own", errno == 77);
  check("getpid is shared, gettid is not", getpid() != gettid());
  close(60);
  signal(SIGUSR2, SIG_IGN);
  prctl(PR_SET_NAME, "other");
  must("unshare", unshare(CLONE_FS)); /* this thread leaves the shared directory */
  must("chdir", chdir("/"));
  pthread_barrier_wait(&step); /* 2 */
  return NULL;
}

int main(void) {
  pthread_t thread;
  char name[16];
  prctl(PR_SET_NAME, "main");
  pthread_barrier_init(&step, NULL, 2);
  sigset_t usr1 = set_of(SIGUSR1);
  pthread_create(&thread, NULL, other, NULL);
  pthread_sigmask(SIG_BLOCK, &usr1, NULL);
  must("mkdir", mkdir("d", 0755)), must("chmod", chmod(".", 0755)), must("chdir", chdir("d"));
  make_file("inside", "");
  umask(011);
  must("dup2", dup2(0, 60));
  must("setresuid", setresuid(1234, 1234, 1234));
  pthread_barrier_wait(&step);
  pthread_barrier_wait(&step);
  show("descriptor closed by the other", fcntl(60, F_GETFD));
  struct sigaction action;
  sigaction(SIGUSR2, NULL, &action);
  check("handler set by the other", action.sa_handler == SIG_IGN);
  say("umask %03o", umask(022));
  check("directory of ours after its unshare", access("inside", F_OK) == 0);
  prctl(PR_GET_NAME, name);
  say("name %s", name);
  pthread_join(thread, NULL);
  return 0;
}
