/* ipc: POSIX message queues order by priority, and refuse what does not fit.
 *
 * mq_open(3), mq_send(3), mq_receive(3), mq_getattr(3), mq_unlink(3).
 */
// flags: -lrt
#include "case.h"
#include <mqueue.h>
#include <poll.h>
#include <sys/syscall.h>

static void get(mqd_t queue) {
  char body[64];
  unsigned priority = 77;
  ssize_t got = mq_receive(queue, body, sizeof body, &priority);
  if (got < 0) show("receive", -1);
  else say("receive: \"%.*s\" with priority %u", (int)got, body, priority);
}

int main(void) {
  char name[64], body[64] = "";
  struct mq_attr attributes = { .mq_maxmsg = 4, .mq_msgsize = 32 }, now;
  snprintf(name, sizeof name, "/case-%d", getpid());
  show("open a missing queue", mq_open(name, O_RDWR));
  umask(022);
  mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0666, &attributes);
  show_ok("create", queue);
  check("close-on-exec", fcntl(queue, F_GETFD) == FD_CLOEXEC);
  struct stat info;
  must("fstat", fstat(queue, &info));
  say("mode %o, size %ld", info.st_mode, (long)info.st_size);
  show("create again", mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
  struct pollfd event = { queue, POLLIN | POLLOUT, 0 };
  poll(&event, 1, 0);
  say("empty: in %d, out %d", !!(event.revents & POLLIN), !!(event.revents & POLLOUT));
  get(queue);
  show("send", mq_send(queue, "low", 3, 1));
  mq_send(queue, "high", 4, 9), mq_send(queue, "low too", 7, 1), mq_send(queue, "", 0, 5);
  show("send to a full queue", mq_send(queue, "x", 1, 0));
  poll(&event, 1, 0);
  say("full: in %d, out %d", !!(event.revents & POLLIN), !!(event.revents & POLLOUT));
  must("getattr", mq_getattr(queue, &now));
  say("flags %#lx, most %ld, size %ld, now %ld", now.mq_flags, now.mq_maxmsg, now.mq_msgsize, now.mq_curmsgs);
  char state[128];
  ssize_t got = pread(queue, state, sizeof state - 1, 0);
  if (got == -1) got = read(queue, state, sizeof state - 1);
  text("read", state, got);
  show("receive with little room", mq_receive(queue, body, 31, NULL));
  for (int i = 0; i < 5; i++) get(queue);
  show("send a long message", mq_send(queue, body, 33, 0));
  show("send with a wild priority", mq_send(queue, body, 1, 32768));
  show("send with the highest priority", mq_send(queue, body, 1, 32767));
  get(queue);
  show("send from nowhere", syscall(SYS_mq_timedsend, queue, bad_pointer(), 3, 0, NULL));
  show("send to a file", mq_send(0, body, 1, 0));
  mqd_t reader = mq_open(name, O_RDONLY), writer = mq_open(name, O_WRONLY | O_CREAT, 0, NULL);
  show("send by the reader", mq_send(reader, body, 1, 0));
  show("receive by the writer", mq_receive(writer, body, sizeof body, NULL));
  struct mq_attr off = { .mq_flags = 0, .mq_maxmsg = 99 }, was;
  show("clear O_NONBLOCK", mq_setattr(queue, &off, &was));
  check("it was set", was.mq_flags == O_NONBLOCK);
  check("now it is not", !(fcntl(queue, F_GETFL) & O_NONBLOCK));
  off.mq_flags = O_APPEND;
  show("set another flag", mq_setattr(queue, &off, NULL));
  struct mq_attr wrong = { .mq_maxmsg = 0, .mq_msgsize = 1 };
  show("a queue of nothing", mq_open("/case-nothing", O_RDWR | O_CREAT, 0600, &wrong));
  wrong = (struct mq_attr){ .mq_maxmsg = 65537, .mq_msgsize = 8192 };
  show("a huge queue", mq_open("/case-huge", O_RDWR | O_CREAT, 0600, &wrong));
  show("a bad name", syscall(SYS_mq_open, "a/b", O_RDWR | O_CREAT, 0600, NULL));
  show("the name \"..\"", syscall(SYS_mq_open, "..", O_RDWR | O_CREAT, 0600, NULL));
  show("no name", syscall(SYS_mq_open, "", O_RDWR | O_CREAT, 0600, NULL));
  char longest[300];
  memset(longest, 'n', sizeof longest), longest[256] = 0;
  show("a long name", syscall(SYS_mq_open, longest, O_RDWR | O_CREAT, 0600, NULL));
  show("unlink", mq_unlink(name));
  show("unlink again", mq_unlink(name));
  show("open it", mq_open(name, O_RDWR));
  show("it still works", mq_send(queue, "still", 5, 0));
  get(reader);
  show("close", mq_close(queue));
  return 0;
}
