/* file: umask masks new files, directories and fifos, is inherited, and returns its old value.
 *
 * umask(2).
 */
#include "case.h"

static void mode_of(const char *name, const char *path) {
  struct stat info;
  must("stat", stat(path, &info));
  say("%s: %03o", name, info.st_mode & 07777);
}

int main(void) {
  char status[4096];
  show("old value", umask(027));
  close(must("open", open("f", O_CREAT | O_RDWR, 0777)));
  must("mkdir", mkdir("d", 0777)), must("mkfifo", mkfifo("p", 0666)), must("mknod", mknod("n", S_IFREG | 0666, 0));
  mode_of("file", "f"), mode_of("directory", "d"), mode_of("fifo", "p"), mode_of("mknod", "n");
  show("chmod is not masked", chmod("f", 0777));
  mode_of("file", "f");
  show("only the low nine bits count", umask(07777));
  show("read back", umask(0));
  close(must("open", open("open", O_CREAT | O_RDWR, 0666)));
  mode_of("umask 0", "open");
  umask(0123);
  check("/proc/self/status tells it", strstr(slurp("/proc/self/status", status, sizeof status),
      "\nUmask:\t0123\n") != NULL);
  pid_t child = spawn();
  if (child == 0) {
    show("inherited", umask(0));
    _exit(0);
  }
  reap("child", child);
  show("the child's change is its own", umask(0));
  return 0;
}
