/* sysv: shared memory segments: get, attach, mark for removal, survive until detached.
 *
 * shmget(2), shmat(2), shmctl(2).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
  struct shmid_ds info;
  key_t key = 0x7a000000 | (getpid() & 0xffffff);
  int id = shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600);
  show_ok("create", id);
  show("create again", shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600));
  check("get", shmget(key, 0, 0) == id);
  show("get with a larger size", shmget(key, 100000, 0));
  show("get a missing key", shmget(key ^ 1, 10, 0));
  show("size 0", shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
  char *area = shmat(id, NULL, 0);
  show_ok("attach", (long)area);
  show("zero at first", area[4999] + area[8191]);
  strcpy(area, "shared");
  char *second = shmat(id, NULL, SHM_RDONLY);
  text("second attachment", second, 6);
  show("stat", shmctl(id, IPC_STAT, &info));
  say("size %ld, attached %ld, mode %o, creator %d", (long)info.shm_segsz, (long)info.shm_nattch, info.shm_perm.mode,
      info.shm_cpid == getpid());
  pid_t child = spawn();
  if (child == 0) {
    must("stat", shmctl(id, IPC_STAT, &info));
    show("attached in the child", info.shm_nattch);
    strcpy(area, "child!");
    second[0] = 'x';
    _exit(0);
  }
  reap("the child writes the read-only attachment", child);
  text("the child's store", area, 6);
  show("remove", shmctl(id, IPC_RMID, NULL));
  show("the key is gone", shmget(key, 0, 0));
  must("stat", shmctl(id, IPC_STAT, &info));
  say("marked for destruction %d", !!(info.shm_perm.mode & SHM_DEST));
  show("detach", shmdt(area));
  show("detach again", shmdt(area));
  show("detach inside", shmdt(second + 1));
  show("last detach", shmdt(second));
  show("now the id is gone", shmctl(id, IPC_STAT, &info));
  show_ok("attach a bad id", (long)shmat(id, NULL, 0));
  show("unknown command", shmctl(id, 999, NULL));
  return 0;
}
