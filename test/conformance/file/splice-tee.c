/* file: splice, tee and vmsplice move bytes through pipes without a copy in user space.
 *
 * splice(2), tee(2), vmsplice(2).
 */
#include "case.h"
#include <sys/uio.h>

int main(void) {
  char bytes[32];
  int a[2], b[2];
  must("pipe", pipe2(a, O_NONBLOCK)), must("pipe", pipe2(b, O_NONBLOCK));
  make_file("in", "0123456789");
  int in = must("open", open("in", O_RDONLY)), out = must("open", open("out", O_CREAT | O_RDWR, 0644));
  loff_t from = 2, to = 1;
  show("file to pipe at 2", splice(in, &from, a[1], NULL, 5, 0));
  show("offset", from);
  show("tee to the other pipe", tee(a[0], b[1], 3, 0));
  text("teed", bytes, read(b[0], bytes, 32));
  show("pipe to pipe", splice(a[0], NULL, b[1], NULL, 2, 0));
  show("pipe to file at 1", splice(a[0], NULL, out, &to, 100, 0));
  text("file", bytes, pread(out, bytes, 32, 0));
  text("other pipe", bytes, read(b[0], bytes, 32));
  show("empty pipe", splice(a[0], NULL, out, NULL, 1, SPLICE_F_NONBLOCK));
  show("tee of an empty pipe", tee(a[0], b[1], 1, SPLICE_F_NONBLOCK));
  struct iovec vectors[2] = { { "vm", 2 }, { "splice", 6 } };
  show("vmsplice into a pipe", vmsplice(a[1], vectors, 2, 0));
  text("read", bytes, read(a[0], bytes, 32));
  show("no pipe at all", splice(in, NULL, out, NULL, 1, 0));
  show("offset for a pipe", splice(a[0], &from, b[1], NULL, 1, 0));
  show("a pipe into itself", splice(a[0], NULL, a[1], NULL, 1, 0));
  show("tee into itself", tee(a[0], a[1], 1, 0));
  show("tee of a file", tee(in, a[1], 1, 0));
  show("wrong ends", splice(a[1], NULL, b[1], NULL, 1, 0));
  show("unknown flags", splice(in, NULL, a[1], NULL, 1, 0x100));
  show("length 0", splice(in, NULL, a[1], NULL, 0, 0));
  close(a[1]);
  show("from a pipe without writers", splice(a[0], NULL, out, NULL, 1, 0));
  return 0;
}
