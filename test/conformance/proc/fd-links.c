/* proc: /proc/self/fd lists descriptors; its links name files, pipes, sockets and the deleted.
 *
 * proc(5), /proc/pid/fd, /proc/pid/fdinfo.
 */
#include "case.h"
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static void link_of(const char *name, int fd) {
  char path[64], target[4096] = "", *tail;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (readlink(path, target, sizeof target - 1) == -1) { show(name, -1); return; }
  if ((tail = strchr(target, '['))) snprintf(tail, 32, "[%s]", atol(tail + 1) > 0 || tail[1] == 'e'
      || tail[1] == 't' ? "..." : "?");
  say("%s: %s", name, target[0] == '/' && strncmp(target, "/dev", 4) ? strrchr(target, '/') : target);
}

int main(void) {
  int ends[2], pair[2];
  make_file("f", "0123456789");
  int fd = must("open", open("f", O_RDWR | O_APPEND));
  must("pipe", pipe(ends)), must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  link_of("file", fd), link_of("pipe", ends[0]), link_of("socket", pair[0]);
  link_of("eventfd", eventfd(0, 0)), link_of("epoll", epoll_create1(0)), link_of("/dev/null", 0);
  link_of("memfd", memfd_create("mem", 0));
  must("rename", rename("f", "g")), link_of("renamed", fd);
  must("unlink", unlink("g")), link_of("unlinked", fd);
  link_of("closed", 99);
  char bytes[256], path[64];
  must("lseek", lseek(fd, 7, SEEK_SET));
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  slurp(path, bytes, sizeof bytes);
  check("fdinfo tells position and flags", strstr(bytes, "pos:\t7\n") && strstr(bytes, "flags:\t0102002"));
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int again = open(path, O_RDONLY);
  show_ok("an unlinked file opens again through it", again);
  show("with an offset of its own", lseek(again, 0, SEEK_CUR));
  snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
  int writer = open(path, O_WRONLY);
  show("a pipe too", write(writer, "x", 1));
  snprintf(path, sizeof path, "/proc/self/fd/%d", pair[0]);
  show("a socket does not", open(path, O_RDWR));
  for (int i = 3; i < 40; i++) close(i);
  must("dup2", dup2(0, 33));
  DIR *directory = opendir("/proc/self/fd");
  int seen = 0;
  for (struct dirent *entry; (entry = readdir(directory));)
    if (atoi(entry->d_name) == 33 || atoi(entry->d_name) == dirfd(directory)) seen++;
  show("listed: 33 and the directory itself", seen);
  return 0;
}
