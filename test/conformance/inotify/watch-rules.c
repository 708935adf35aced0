/* inotify: watches are numbered, replaced, extended, removed, and refused when wrong.
 *
 * inotify_add_watch(2), inotify_rm_watch(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

int main(void) {
  struct inotify_event event;
  int left = -1;
  make_file("a", ""), make_file("b", "");
  int fd = inotify_init1(IN_NONBLOCK);
  show("first", inotify_add_watch(fd, "a", IN_OPEN));
  show("second", inotify_add_watch(fd, "b", IN_OPEN));
  show("the first again", inotify_add_watch(fd, "a", IN_CLOSE_WRITE));
  show("IN_MASK_CREATE of an existing one", inotify_add_watch(fd, "a", IN_OPEN | IN_MASK_CREATE));
  close(open("a", O_RDONLY));
  show("the mask was replaced", read(fd, &event, sizeof event));
  show("IN_MASK_ADD", inotify_add_watch(fd, "a", IN_OPEN | IN_MASK_ADD));
  close(open("a", O_WRONLY));
  show("poll", poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0));
  ioctl(fd, FIONREAD, &left);
  check("FIONREAD counts two events", left == 2 * sizeof event);
  show("buffer too small", read(fd, &event, 4));
  show("one event fits", read(fd, &event, sizeof event) == sizeof event);
  say("wd %d, mask %#x", event.wd, event.mask);
  must("read", read(fd, &event, sizeof event));
  say("wd %d, mask %#x", event.wd, event.mask);
  show("remove", inotify_rm_watch(fd, 2));
  must("read", read(fd, &event, sizeof event));
  say("wd %d, mask %#x", event.wd, event.mask);
  show("remove again", inotify_rm_watch(fd, 2));
  show("empty mask", inotify_add_watch(fd, "a", 0));
  show("missing file", inotify_add_watch(fd, "missing", IN_OPEN));
  show("IN_ONLYDIR of a file", inotify_add_watch(fd, "a", IN_OPEN | IN_ONLYDIR));
  show("not an inotify descriptor", inotify_add_watch(0, "a", IN_OPEN));
  show("bad path", inotify_add_watch(fd, bad_pointer(), IN_OPEN));
  show("unknown flag", inotify_init1(1));
  show("IN_ONESHOT", inotify_add_watch(fd, "b", IN_OPEN | IN_ONESHOT) > 2);
  close(open("b", O_RDONLY)), close(open("b", O_RDONLY));
  must("read", read(fd, &event, sizeof event)), say("mask %#x", event.mask);
  must("read", read(fd, &event, sizeof event)), say("mask %#x", event.mask);
  show("nothing more", read(fd, &event, sizeof event));
  show("write", write(fd, "x", 1));
  return 0;
}
