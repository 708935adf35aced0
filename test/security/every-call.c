/*
 * Every system call number, made with the stub's own instruction and hostile arguments. Whatever is
 * not killed must have been trapped and answered by the kernel, or harmless on the host.
 * Argument: a path on the host that no call may create.
 */
#include "attack.h"

static const char *forbidden;
static char page[65536] __attribute__((aligned(4096)));

/* Each number in a guest process of its own: some end it, some stop it for ever. */
static void attempt(int nr, int round) {
  pid_t child = fork();
  if (child == 0) {
    long path = (long)forbidden, here = (long)page;
    switch (round) {
      case 0: stub_call(nr, path, O_CREAT | O_RDWR, 0777, here, 4096, 0); break;
      case 1: stub_call(nr, AT_FDCWD, path, O_CREAT | O_RDWR, 0777, 0, 0); break;
      case 2: stub_call(nr, FD_CONTROL, here, 4096, 0x40, here, 16); break;
      case 3: stub_call(nr, FD_DOORBELL, here, 4096, here, 4096, 0); break;
      case 4: stub_call(nr, getpid(), 9, 9, here, here, here); break;
      case 5: stub_call(nr, -1, 9, 0, 0, 0, 0); break;
      case 6: stub_call(nr, STUB_BASE, 0x100000000, 7, 0x32, -1, 0); break;
      case 7: stub_call(nr, 0x11, 0, here, here, here, 0); break;
      case 8: stub_call(nr, 1, here, here, 1, here, 8); break;
      case 9: stub_call(nr, (long)random64(), (long)random64(), (long)random64(), here, here, here); break;
    }
    _exit(0);
  }
  for (int i = 0; i < 200; i++) {
    int status;
    if (waitpid(child, &status, WNOHANG) == child) return;
    nap(i < 20 ? 0 : 1);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
  (void)argc;
  forbidden = argv[1];
  find_gadget();
  int rounds = atoi(argv[2]);
  for (int round = rounds / 10; round <= rounds % 10; round++)
    for (int nr = 0; nr <= 470; nr++)
      if (round != 5 || nr != SYS_kill) attempt(nr, round); /* kill(-1, 9) would do what it says */
  puts("alive");
  return 0;
}
