/* sysv: keys, flags and permissions are checked alike for all three kinds.
 *
 * sysvipc(7), ipc_namespaces(7).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void) {
  key_t key = 0x63000000 | (getpid() & 0xffffff);
  int set = must("semget", semget(key, 2, IPC_CREAT | IPC_EXCL | 0640));
  int queue = must("msgget", msgget(key, IPC_CREAT | IPC_EXCL | 0604));
  int memory = must("shmget", shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600));
  check("one key, one object of each kind", semget(key, 0, 0) == set && msgget(key, 0) == queue && shmget(key, 0, 0) == memory);
  show("exclusively", semget(key, 2, IPC_CREAT | IPC_EXCL | 0600));
  show("exclusively without creation", semget(key, 2, IPC_EXCL | 0600) == set);
  show("a larger set", semget(key, 3, 0));
  show("an empty set", semget(IPC_PRIVATE, 0, 0600));
  show("no key", msgget(key ^ 0x1000000, 0600));
  pid_t child = spawn();
  if (child == 0) {
    must("setgid", setgid(65534));
    must("setuid", setuid(65534));
    struct msqid_ds info;
    struct shmid_ds segment;
    show("open the set", semget(key, 2, 0600));
    show_ok("open it for nothing", semget(key, 2, 0));
    show("read it", semctl(set, 0, GETVAL));
    show("operate", semop(set, &(struct sembuf){ 0, 1, 0 }, 1));
    show("the queue may be read", msgctl(queue, IPC_STAT, &info));
    show("but not written", msgsnd(queue, &(struct { long type; char c; }){ 1, 'x' }, 1, IPC_NOWAIT));
    show("receive", msgrcv(queue, &info, 1, 0, IPC_NOWAIT));
    show("the memory", shmctl(memory, IPC_STAT, &segment));
    show_ok("attach", (long)shmat(memory, NULL, SHM_RDONLY));
    show("remove", shmctl(memory, IPC_RMID, NULL));
    show("change", msgctl(queue, IPC_SET, &info));
    show("lock", shmctl(memory, SHM_LOCK, NULL));
    _exit(0);
  }
  reap("another user", child);
  struct semid_ds info;
  must("stat", semctl(set, 0, IPC_STAT, &info));
  say("mode %o, semaphores %ld, never operated on %d", info.sem_perm.mode, (long)info.sem_nsems, info.sem_otime == 0);
  check("creator", info.sem_perm.cuid == geteuid() && info.sem_perm.cgid == getegid());
  info.sem_perm.uid = 65534;
  show("give it away", semctl(set, 0, IPC_SET, &info));
  child = spawn();
  if (child == 0) {
    must("setuid", setuid(65534));
    show("the new owner operates", semop(set, &(struct sembuf){ 0, 1, 0 }, 1));
    show("and removes", semctl(set, 0, IPC_RMID));
    _exit(0);
  }
  reap("new owner", child);
  show("gone", semctl(set, 0, GETVAL));
  child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWIPC));
    show("in another namespace", shmget(key, 0, 0));
    show("its id is unknown", msgctl(queue, IPC_RMID, NULL));
    _exit(0);
  }
  reap("namespace", child);
  show("remove", msgctl(queue, IPC_RMID, NULL));
  show("remove", shmctl(memory, IPC_RMID, NULL));
  show("the key is free", shmget(key, 0, 0));
  return 0;
}
