/* namespace: the end of its init is the end of a pid namespace.
 *
 * pid_namespaces(7): all others are killed, the init is waited for after them, and nobody can be born there again.
 */
#include "case.h"

#include <pthread.h>
#include <sys/syscall.h>

static void others_die(void) {
  int life[2];
  must("pipe", pipe(life));
  pid_t init = must("clone", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
  if (init == 0) {
    struct gate ready = gate_make();
    for (int i = 0; i < 3; i++)
      if (spawn() == 0) {
        if (spawn() == 0) setsid(); /* grandchildren too, in a session of their own */
        gate_open(ready);
        for (;;) pause();
      }
    for (int i = 0; i < 6; i++) gate_wait(ready);
    _exit(9);
  }
  close(life[1]);
  reap("init", init);
  char byte;
  /* They all held the writing end: it is closed when the last one is gone. */
  show("nobody holds the pipe", read(life[0], &byte, 1));
  close(life[0]);
}

static void nested_die(void) {
  int life[2];
  must("pipe", pipe(life));
  pid_t init = must("clone", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
  if (init == 0) {
    struct gate ready = gate_make();
    if (syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0) == 0) {
      if (fork() == 0) gate_open(ready);
      for (;;) pause();
    }
    gate_wait(ready);
    _exit(8);
  }
  close(life[1]);
  reap("init", init);
  char byte;
  show("nobody holds the pipe", read(life[0], &byte, 1));
  close(life[0]);
}

static void none_born(void) {
  must("unshare", unshare(CLONE_NEWPID));
  show("unshare again", unshare(CLONE_NEWPID));
  char link[64];
  show("pid_for_children", readlink("/proc/self/ns/pid_for_children", link, sizeof link));
  pthread_t thread;
  show_error("a thread", pthread_create(&thread, NULL, (void *(*)(void *))pause, NULL));
  pid_t first = spawn();
  if (first == 0) {
    show("the first child", getpid());
    _exit(1);
  }
  reap("the first child", first);
  show("fork", fork());
}

/** A child that its init's end reparents to nobody: its parent is outside. */
static void injected(void) {
  must("unshare", unshare(CLONE_NEWPID));
  struct gate quit = gate_make();
  pid_t init = spawn();
  if (init == 0) {
    gate_wait(quit);
    _exit(5);
  }
  pid_t other = spawn();
  if (other == 0) {
    show("the second child", getpid());
    show("its parent", getppid());
    gate_open(quit);
    for (;;) pause();
  }
  reap("the second child", other);
  reap("the init", init);
}

int main(void) {
  others_die();
  nested_die();
  pid_t child = spawn();
  if (child == 0) {
    none_born();
    _exit(0);
  }
  reap("case", child);
  child = spawn();
  if (child == 0) {
    injected();
    _exit(0);
  }
  reap("case", child);
  return 0;
}
