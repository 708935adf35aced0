/* file: sendfile() copies from a file to a file, a pipe or a socket.
 *
 * sendfile(2).
 */
#include "case.h"
#include <sys/sendfile.h>
#include <sys/socket.h>

int main(void) {
  char bytes[32];
  int ends[2], pair[2];
  must("pipe", pipe(ends)), must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  make_file("in", "0123456789");
  int in = must("open", open("in", O_RDONLY)), out = must("open", open("out", O_CREAT | O_RDWR, 0644));
  off_t at = 3;
  show("to a pipe, from offset 3", sendfile(ends[1], in, &at, 4));
  say("offset %ld, position %ld", at, lseek(in, 0, SEEK_CUR));
  text("pipe", bytes, read(ends[0], bytes, 32));
  show("to a socket, from the position", sendfile(pair[0], in, NULL, 100));
  show("position", lseek(in, 0, SEEK_CUR));
  text("socket", bytes, read(pair[1], bytes, 32));
  show("at the end", sendfile(pair[0], in, NULL, 100));
  at = 0;
  show("to a file", sendfile(out, in, &at, 10));
  text("file", bytes, pread(out, bytes, 32, 0));
  at = -1;
  show("negative offset", sendfile(out, in, &at, 1));
  at = 0;
  show("from a pipe", sendfile(out, ends[0], NULL, 1));
  show("to O_APPEND", sendfile(must("open", open("out", O_WRONLY | O_APPEND)), in, &at, 1));
  show("to a read-only descriptor", sendfile(in, in, &at, 1));
  show("from a write-only descriptor", sendfile(ends[1], must("open", open("out", O_WRONLY)), &at, 1));
  show("bad offset pointer", syscall(SYS_sendfile, ends[1], in, bad_pointer(), 1));
  show("closed", sendfile(99, in, NULL, 1));
  return 0;
}
