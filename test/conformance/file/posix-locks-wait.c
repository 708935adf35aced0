/* file: F_SETLKW waits, is granted when the holder ends, and detects deadlock with EDEADLK.
 *
 * fcntl(2).
 */
#include "case.h"

static int fd;
static long lock(int command, int type, off_t at) {
  return fcntl(fd, command, &(struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 });
}

int main(void) {
  struct gate held = gate_make(), go = gate_make();
  make_file("f", "0123456789");
  fd = must("open", open("f", O_RDWR));
  must("lock", lock(F_SETLK, F_WRLCK, 0));
  pid_t child = spawn();
  if (child == 0) {
    must("lock", lock(F_SETLK, F_WRLCK, 1));
    gate_open(held);
    show("child waits for 0", lock(F_SETLKW, F_WRLCK, 0));
    _exit(0);
  }
  gate_wait(held);
  until_asleep(child);
  show("we wait for 1", lock(F_SETLKW, F_WRLCK, 1));
  must("give 0 back", lock(F_SETLK, F_UNLCK, 0));
  reap("child", child);
  show("1 is free when its holder has ended", lock(F_SETLK, F_WRLCK, 1));

  child = spawn();
  if (child == 0) {
    must("lock", lock(F_SETLK, F_RDLCK, 5));
    gate_open(held);
    gate_wait(go);
    _exit(0);
  }
  gate_wait(held);
  show("a second reader", lock(F_SETLK, F_RDLCK, 5));
  show("a writer", lock(F_SETLK, F_WRLCK, 5));
  gate_open(go);
  show("the writer waits", lock(F_SETLKW, F_WRLCK, 5));
  reap("reader", child);
  return 0;
}
