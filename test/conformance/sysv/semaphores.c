/* sysv: semaphore sets: operations are all or nothing, wait, time out, and undo at exit.
 *
 * semop(2), semctl(2).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/sem.h>

int main(void) {
  unsigned short values[3] = { 1, 0, 5 };
  int id = must("semget", semget(IPC_PRIVATE, 3, IPC_CREAT | 0600));
  show("SETALL", semctl(id, 0, SETALL, values));
  show("value of 2", semctl(id, 2, GETVAL));
  struct sembuf both[2] = { { 2, -3, IPC_NOWAIT }, { 1, -1, IPC_NOWAIT } };
  show("all or nothing", semop(id, both, 2));
  show("value of 2 is unchanged", semctl(id, 2, GETVAL));
  show("take and give", semop(id, (struct sembuf[]){ { 0, -1, 0 }, { 1, 2, 0 } }, 2));
  show("wait for zero", semop(id, (struct sembuf[]){ { 0, 0, 0 } }, 1));
  show("timeout", semtimedop(id, (struct sembuf[]){ { 0, -1, 0 } }, 1, &(struct timespec){ 0, 5000000 }));
  pid_t child = spawn();
  if (child == 0) {
    show("child takes with undo", semop(id, (struct sembuf[]){ { 1, -2, SEM_UNDO } }, 1));
    show("value of 1", semctl(id, 1, GETVAL));
    _exit(0);
  }
  reap("child", child);
  show("undone at exit", semctl(id, 1, GETVAL));
  child = spawn();
  if (child == 0) {
    show("child waits", semop(id, (struct sembuf[]){ { 0, -4, 0 } }, 1));
    _exit(0);
  }
  until_asleep(child);
  show("waiters", semctl(id, 0, GETNCNT));
  show("give 3 of 4", semop(id, (struct sembuf[]){ { 0, 3, 0 } }, 1));
  show("still waiting", semctl(id, 0, GETNCNT));
  must("semop", semop(id, (struct sembuf[]){ { 0, 1, 0 } }, 1));
  reap("child", child);
  check("GETPID names the last", semctl(id, 0, GETPID) == child);
  show("no such semaphore", semop(id, (struct sembuf[]){ { 3, 1, 0 } }, 1));
  show("no operations", semop(id, both, 0));
  show("value too large", semctl(id, 0, SETVAL, 40000));
  show("sum too large", semop(id, (struct sembuf[]){ { 2, 32767, 0 } }, 1));
  child = spawn();
  if (child == 0) {
    show("removed while waiting", semop(id, (struct sembuf[]){ { 0, -9, 0 } }, 1));
    _exit(0);
  }
  until_asleep(child);
  must("remove", semctl(id, 0, IPC_RMID));
  reap("child", child);
  show("after removal", semop(id, both, 1));
  show("too many semaphores", semget(IPC_PRIVATE, 100000, 0600));
  return 0;
}
