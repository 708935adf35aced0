/* fault: running out of descriptors gives EMFILE everywhere and leaks nothing.
 *
 * getrlimit(2), RLIMIT_NOFILE.
 */
#include "case.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

static int count_open(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) != -1;
  return count;
}

int main(void) {
  for (int fd = 3; fd < 256; fd++) close(fd); /* whatever we were started with */
  int pair[2], ends[2], before = count_open();
  soft_limit(RLIMIT_NOFILE, 200);
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  make_file("f", "");
  while (dup(0) >= 0) {}
  show("open descriptors", count_open());
  show("open", open("f", O_RDONLY));
  show("open with O_CREAT", open("created", O_CREAT | O_RDWR, 0644));
  show("creates nothing", access("created", F_OK));
  show("pipe", pipe(ends));
  show("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  show("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  show("eventfd", eventfd(0, 0));
  show("epoll_create1", epoll_create1(0));
  show("memfd_create", memfd_create("x", 0));
  close(100);
  show("socketpair with one free", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  show("pipe with one free", pipe(ends));
  show("the free one is still free", open("f", O_RDONLY));
  pid_t child = spawn();
  if (child == 0) {
    execve("/bin/true", (char *[]){ "true", NULL }, NULL);
    _exit(1);
  }
  reap("exec of a dynamic program, whose loader finds no descriptor", child);
  for (int fd = 3; fd < 200; fd++) close(fd);
  show("all closed", count_open() - before);
  return 0;
}
