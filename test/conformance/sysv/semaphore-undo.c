/* sysv: lists of semaphore operations are atomic, wait in order, and can be undone by the end of a process.
 *
 * semop(2), semctl(2).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>

union semun { int val; struct semid_ds *buf; unsigned short *array; struct seminfo *info; };
static int id;

static void values(const char *name) {
  unsigned short all[3];
  must("getall", semctl(id, 0, GETALL, (union semun){ .array = all }));
  say("%s: %d %d %d", name, all[0], all[1], all[2]);
}
static void set(int a, int b, int c) {
  unsigned short all[3] = { a, b, c };
  must("setall", semctl(id, 0, SETALL, (union semun){ .array = all }));
}
static int one(int semaphore, int by, int flags) { return semop(id, &(struct sembuf){ semaphore, by, flags }, 1); }

int main(void) {
  id = must("semget", semget(IPC_PRIVATE, 3, 0600));
  set(1, 2, 3);
  struct sembuf list[] = { { 0, -1, IPC_NOWAIT }, { 1, -1, 0 }, { 2, -4, IPC_NOWAIT } };
  show("the third is too much", semop(id, list, 3));
  values("nothing was done");
  list[2].sem_op = -3;
  show("now it fits", semop(id, list, 3));
  values("all was done");
  struct sembuf twice[] = { { 0, 2, 0 }, { 0, -1, 0 }, { 0, -1, 0 }, { 0, 0, IPC_NOWAIT } };
  show("one semaphore several times", semop(id, twice, 4));
  show("zero of a semaphore that is not", one(1, 0, IPC_NOWAIT));
  show("above the most", one(1, 32767, 0));
  show("no such semaphore", one(3, 1, 0));
  show("no operations", semop(id, list, 0));
  show("too many operations", syscall(SYS_semop, id, list, 501));
  show("from nowhere", syscall(SYS_semop, id, bad_pointer(), 1));
  show("a bad time", semtimedop(id, list, 1, &(struct timespec){ 0, -1 }));
  show("a short time", semtimedop(id, &(struct sembuf){ 0, -9, 0 }, 1, &(struct timespec){ 0, 20000000 }));
  show("set too high", semctl(id, 0, SETVAL, (union semun){ .val = 32768 }));
  show("set negative", semctl(id, 0, SETVAL, (union semun){ .val = -1 }));
  show("set a third", semctl(id, 3, SETVAL, (union semun){ .val = 1 }));
  show("get a third", semctl(id, 3, GETVAL));

  set(5, 0, 0);
  pid_t child = spawn();
  if (child == 0) {
    must("take", one(0, -3, SEM_UNDO));
    must("give", one(1, 4, SEM_UNDO));
    must("give for good", one(2, 7, 0));
    values("in the child");
    show("too much to undo", one(1, -32768, SEM_UNDO | IPC_NOWAIT));
    pid_t grandchild = spawn();
    if (grandchild == 0) _exit(0);
    reap("grandchild", grandchild);
    values("a grandchild undoes nothing");
    _exit(0);
  }
  reap("child", child);
  values("undone");
  check("the child undid it", semctl(id, 0, GETPID) == child);

  set(0, 0, 0);
  pid_t first = spawn();
  if (first == 0) { _exit(one(0, -2, 0) == 0 ? 2 : 99); }
  until_asleep(first);
  pid_t second = spawn();
  if (second == 0) { _exit(one(0, -1, 0) == 0 ? 1 : 99); }
  until_asleep(second);
  show("waiters", semctl(id, 0, GETNCNT));
  must("give one", one(0, 1, 0));
  reap("the one that needs one", second);
  show("waiters", semctl(id, 0, GETNCNT));
  must("give two", one(0, 2, 0));
  show("the waiter had them at once", one(0, -1, IPC_NOWAIT));
  reap("the one that needs two", first);

  must("give", one(0, 1, 0));
  pid_t zero = spawn();
  if (zero == 0) { struct sembuf two[] = { { 0, 0, 0 }, { 1, 1, 0 } }; _exit(semop(id, two, 2) == 0 ? 3 : 99); }
  until_asleep(zero);
  show("who waits for zero", semctl(id, 0, GETZCNT));
  must("take", one(0, -1, 0));
  reap("zero came", zero);
  values("and it gave");
  pid_t killed = spawn();
  if (killed == 0) { one(0, -1, 0); _exit(0); }
  until_asleep(killed);
  kill(killed, SIGKILL);
  reap("killed", killed);
  show("nobody waits", semctl(id, 0, GETNCNT));
  must("give", one(0, 1, 0));
  values("nobody took it");
  pid_t waiter = spawn();
  if (waiter == 0) { show("removed while waiting", one(0, -5, 0)); _exit(0); }
  until_asleep(waiter);
  must("remove", semctl(id, 0, IPC_RMID));
  reap("waiter", waiter);
  show("gone", one(0, 1, 0));
  return 0;
}
