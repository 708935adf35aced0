/* inotify: a watched directory reports what happens inside it, in order, with names.
 *
 * inotify(7).
 */
#include "case.h"
#include <sys/inotify.h>

static int watcher;

static void drain(const char *name) {
  char bytes[4096] __attribute__((aligned(8)));
  ssize_t got = read(watcher, bytes, sizeof bytes);
  if (got < 0) { say("%s: %s", name, errno_name(errno)); return; }
  say("%s:", name);
  uint32_t cookie = 0;
  for (ssize_t at = 0; at < got;) {
    struct inotify_event *event = (struct inotify_event *)(bytes + at);
    say("  mask %#x%s%s%s", event->mask, event->len ? " name " : "", event->len ? event->name : "",
        event->cookie ? (event->cookie == cookie ? " same cookie" : " cookie") : "");
    cookie = event->cookie;
    at += sizeof *event + event->len;
  }
}

int main(void) {
  must("mkdir", mkdir("d", 0755));
  watcher = must("inotify_init1", inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  show("add", inotify_add_watch(watcher, "d", IN_ALL_EVENTS));
  drain("nothing");
  int fd = must("open", open("d/f", O_CREAT | O_RDWR, 0644));
  drain("create and open");
  must("write", write(fd, "x", 1)), must("write", write(fd, "y", 1));
  drain("two writes are one event");
  close(fd), drain("close");
  close(must("open", open("d/f", O_RDONLY))), drain("open and close for reading");
  must("chmod", chmod("d/f", 0600)), drain("chmod");
  must("rename", rename("d/f", "d/g")), drain("rename");
  must("rename", rename("d/g", "out")), drain("move out");
  must("rename", rename("out", "d/in")), drain("move in");
  must("mkdir", mkdir("d/sub", 0755)), drain("mkdir");
  must("symlink", symlink("x", "d/l")), drain("symlink");
  must("unlink", unlink("d/in")), must("unlink", unlink("d/l")), must("rmdir", rmdir("d/sub")), drain("remove all");
  must("rmdir", rmdir("d")), drain("remove the directory itself");
  return 0;
}
