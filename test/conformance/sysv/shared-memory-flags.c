/* sysv: where and how segments are attached: addresses, SHM_RND, SHM_REMAP, SHM_EXEC, counts of attachments.
 *
 * shmop(2), shmctl(2).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/shm.h>

static int id;
static void attached(const char *name) {
  struct shmid_ds info;
  must("stat", shmctl(id, IPC_STAT, &info));
  say("%s: %ld", name, (long)info.shm_nattch);
}

int main(int count, char **words) {
  if (count > 1) {
    id = atoi(words[1]);
    attached("after exec");
    return 0;
  }
  id = must("shmget", shmget(IPC_PRIVATE, 3 * 4096, 0600));
  char *room = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must("munmap", munmap(room, 8 * 4096));
  check("at an address", shmat(id, room, 0) == room);
  show_ok("at an odd address", (long)shmat(id, room + 4 * 4096 + 5, 0));
  check("rounded down", shmat(id, room + 4 * 4096 + 5, SHM_RND) == room + 4 * 4096);
  show_ok("over itself", (long)shmat(id, room, 0));
  show_ok("over other memory", (long)shmat(id, room + 8 * 4096, 0));
  check("instead of other memory", shmat(id, room + 8 * 4096, SHM_REMAP) == room + 8 * 4096);
  show_ok("instead of nothing", (long)shmat(id, NULL, SHM_REMAP));
  attached("three times");
  strcpy(room, "one memory");
  text("seen in the third", room + 8 * 4096, 10);
  show("detach in the middle", shmdt(room + 4096));
  must("munmap", munmap(room + 4096, 4096));
  attached("with a hole it counts twice");
  show("detach what is left", shmdt(room));
  attached("two");
  must("mprotect", mprotect(room + 4 * 4096, 4096, PROT_READ));
  attached("split by protection");
  char *reader = shmat(id, NULL, SHM_RDONLY);
  show("write to a reader", mprotect(reader, 4096, PROT_READ | PROT_WRITE));
  char *code = shmat(id, NULL, SHM_EXEC);
  code[0] = (char)0xb8, code[1] = 42, code[2] = code[3] = code[4] = 0, code[5] = (char)0xc3;
  show("run what is in it", ((int (*)(void))code)());
  pid_t child = spawn();
  if (child == 0) {
    attached("in a child");
    char number[16];
    sprintf(number, "%d", id);
    execl("/proc/self/exe", words[0], number, NULL);
    _exit(1);
  }
  reap("child", child);
  attached("after the child");
  struct shmid_ds info;
  must("stat", shmctl(id, IPC_STAT, &info));
  check("last was the child or we", info.shm_lpid == child || info.shm_lpid == getpid());
  info.shm_perm.mode = 0640;
  show("change the mode", shmctl(id, IPC_SET, &info));
  must("stat", shmctl(id, IPC_STAT, &info));
  say("mode %o", info.shm_perm.mode);
  show("lock", shmctl(id, SHM_LOCK, NULL));
  must("stat", shmctl(id, IPC_STAT, &info));
  say("mode %o", info.shm_perm.mode);
  show("stat to nowhere", shmctl(id, IPC_STAT, bad_pointer()));
  show("negative id", shmctl(-1, IPC_STAT, &info));
  struct shminfo limits;
  check("limits", shmctl(0, IPC_INFO, (void *)&limits) >= 0 && limits.shmmni == 4096 && limits.shmmin == 1);
  struct shm_info usage;
  check("usage", shmctl(0, SHM_INFO, (void *)&usage) >= 0 && usage.used_ids >= 1);
  show("remove", shmctl(id, IPC_RMID, NULL));
  show("attach what is marked", shmat(id, NULL, 0) != (void *)-1);
  return 0;
}
