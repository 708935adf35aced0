/* pipe: opening a FIFO waits for the other side, unless O_NONBLOCK or O_RDWR.
 *
 * fifo(7).
 */
#include "case.h"

int main(void) {
  char bytes[16];
  must("mkfifo", mkfifo("p", 0644));
  show("mkfifo again", mkfifo("p", 0644));
  show("nonblocking write-only without a reader", open("p", O_WRONLY | O_NONBLOCK));
  int reader = open("p", O_RDONLY | O_NONBLOCK);
  show_ok("nonblocking read-only", reader);
  show("read without a writer", read(reader, bytes, 1));
  int writer = open("p", O_WRONLY | O_NONBLOCK);
  show_ok("write-only now", writer);
  show("read with an idle writer", read(reader, bytes, 1));
  show("write", write(writer, "abc", 3));
  text("read", bytes, read(reader, bytes, 16));
  close(writer);
  show("read after the writer left", read(reader, bytes, 16));
  close(reader);
  int both = open("p", O_RDWR);
  show_ok("O_RDWR does not wait", both);
  must("write", write(both, "kept", 4));
  close(both);
  reader = must("open", open("p", O_RDONLY | O_NONBLOCK));
  show("content is lost with the last descriptor", read(reader, bytes, 16));
  close(reader);
  pid_t child = spawn();
  if (child == 0) {
    int fd = must("open", open("p", O_WRONLY)); /* waits for the reader below */
    must("write", write(fd, "met", 3));
    _exit(0);
  }
  until_asleep(child);
  reader = must("open", open("p", O_RDONLY));
  text("blocking open meets its partner", bytes, read(reader, bytes, 16));
  reap("child", child);
  show("end of file", read(reader, bytes, 16));
  show("lseek", lseek(reader, 0, SEEK_SET));
  struct stat info;
  must("fstat", fstat(reader, &info));
  say("mode %o, size %ld", info.st_mode, (long)info.st_size);
  return 0;
}
