/* file: Linux asynchronous I/O: reads, writes, vectors, polls, eventfds, and what is refused.
 *
 * io_setup(2), io_submit(2), io_getevents(2), io_cancel(2), io_destroy(2).
 */
#include "case.h"
#include <linux/aio_abi.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static aio_context_t context;

static struct iocb request(int op, int fd, void *buf, size_t length, long offset, int tag) {
  return (struct iocb){ .aio_lio_opcode = op, .aio_fildes = fd, .aio_buf = (long)buf, .aio_nbytes = length,
                        .aio_offset = offset, .aio_data = tag };
}
static long submit(struct iocb *one) { return syscall(SYS_io_submit, context, 1, &one); }
static void collect(const char *name, int least, int most, struct timespec *timeout) {
  struct io_event events[8];
  long got = syscall(SYS_io_getevents, context, least, most, events, timeout);
  show(name, got);
  for (int i = 0; i < got; i++)
    say("  event %d: result %ld, second %ld", (int)events[i].data, (long)events[i].res, (long)events[i].res2);
}
static void try(const char *name, struct iocb one) { show(name, submit(&one)); }
static void on_tick(int number) { (void)number; }

int main(void) {
  char buffer[64] = "";
  struct timespec now = { 0, 0 }, soon = { 0, 20000000 };
  show("no events", syscall(SYS_io_setup, 0, &context));
  context = 1;
  show("not zero at first", syscall(SYS_io_setup, 4, &context));
  context = 0;
  show("to nowhere", syscall(SYS_io_setup, 4, bad_pointer()));
  show("setup", syscall(SYS_io_setup, 4, &context));
  int fd = must("open", open("aio", O_RDWR | O_CREAT | O_TRUNC, 0600));
  struct iocb write1 = request(IOCB_CMD_PWRITE, fd, "hello world", 11, 0, 1);
  struct iocb read2 = request(IOCB_CMD_PREAD, fd, buffer, 5, 6, 2);
  struct iocb *both[] = { &write1, &read2 };
  show("submit two", syscall(SYS_io_submit, context, 2, both));
  collect("get both", 2, 8, NULL);
  text("read", buffer, 5);
  struct iovec parts[] = { { buffer, 3 }, { buffer + 10, 8 } };
  struct iocb vector = request(IOCB_CMD_PREADV, fd, parts, 2, 0, 3);
  show("submit a vector", submit(&vector));
  collect("get it", 1, 1, NULL);
  text("first part", buffer, 3), text("second part", buffer + 10, 8);
  try("read beyond the end", request(IOCB_CMD_PREAD, fd, buffer, 5, 100, 4));
  try("read to nowhere", request(IOCB_CMD_PREAD, fd, bad_pointer(), 5, 0, 5));
  try("sync", request(IOCB_CMD_FSYNC, fd, NULL, 0, 0, 6));
  collect("get three", 3, 8, NULL);
  collect("no more", 0, 8, NULL);
  collect("wait in vain", 1, 8, &soon);
  try("bad descriptor", request(IOCB_CMD_PREAD, 99, buffer, 5, 0, 0));
  try("bad operation", request(77, fd, buffer, 5, 0, 0));
  try("no operation", request(IOCB_CMD_NOOP, fd, buffer, 5, 0, 0));
  try("negative offset", request(IOCB_CMD_PREAD, fd, buffer, 5, -1, 0));
  try("negative length", request(IOCB_CMD_PREAD, fd, buffer, -1, 0, 0));
  int reader = must("open", open("aio", O_RDONLY));
  try("write to a reader", request(IOCB_CMD_PWRITE, reader, buffer, 5, 0, 0));
  struct iocb *wild[] = { &write1, bad_pointer() };
  show("the second is nowhere", syscall(SYS_io_submit, context, 2, wild));
  collect("the first was done", 1, 8, NULL);
  show("negative count", syscall(SYS_io_submit, context, -1, both));
  show("none", syscall(SYS_io_submit, context, 0, both));
  show("bad counts", syscall(SYS_io_getevents, context, 3, 2, buffer, NULL));

  int counter = must("eventfd", eventfd(0, 0)), ends[2];
  struct iocb telling = request(IOCB_CMD_PREAD, fd, buffer, 5, 0, 7);
  telling.aio_flags = IOCB_FLAG_RESFD, telling.aio_resfd = counter;
  show("submit with an eventfd", submit(&telling));
  uint64_t told = 0;
  must("read eventfd", read(counter, &told, 8));
  show("told", told);
  telling.aio_resfd = fd;
  show("with a file as eventfd", submit(&telling));
  collect("get it", 1, 8, NULL);

  must("pipe", pipe(ends));
  struct iocb watch = request(IOCB_CMD_POLL, ends[0], (void *)(long)POLLIN, 0, 0, 8);
  show("poll an empty pipe", submit(&watch));
  collect("nothing yet", 0, 8, &now);
  must("write", write(ends[1], "x", 1));
  struct io_event seen = { 0 };
  show("it is readable", syscall(SYS_io_getevents, context, 1, 1, &seen, NULL));
  say("event %d: readable %d", (int)seen.data, !!(seen.res & POLLIN));
  watch.aio_data = 9;
  show("poll a full pipe", submit(&watch));
  collect("at once", 1, 8, NULL);
  read(ends[0], buffer, 1);
  watch.aio_data = 10;
  show("poll again", submit(&watch));
  struct io_event event;
  show("cancel", syscall(SYS_io_cancel, context, &watch, &event));
  collect("the cancelled", 1, 8, NULL);
  show("cancel what is over", syscall(SYS_io_cancel, context, &watch, &event));
  try("a poll with an offset", request(IOCB_CMD_POLL, ends[0], (void *)1, 0, 5, 0));

  on_signal(SIGUSR1, on_tick, 0);
  pid_t ticker = tick_start(SIGUSR1);
  collect("interrupted", 1, 8, NULL);
  tick_stop(ticker);
  pid_t child = spawn();
  if (child == 0) {
    show("the child has no context", syscall(SYS_io_destroy, context));
    _exit(0);
  }
  reap("child", child);
  show("destroy", syscall(SYS_io_destroy, context));
  show("destroy again", syscall(SYS_io_destroy, context));
  show("submit to it", submit(&write1));
  collect("get from it", 0, 1, NULL);
  return 0;
}
