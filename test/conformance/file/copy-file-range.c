/* file: copy_file_range() copies inside the kernel, with and without offsets.
 *
 * copy_file_range(2).
 */
#include "case.h"

int main(void) {
  char bytes[32];
  int ends[2];
  must("pipe", pipe(ends));
  make_file("in", "0123456789"), make_file("out", "");
  int in = must("open", open("in", O_RDWR)), out = must("open", open("out", O_RDWR));
  off_t from = 2, to = 5;
  show("with offsets", copy_file_range(in, &from, out, &to, 4, 0));
  say("offsets %ld %ld, positions %ld %ld", from, to, lseek(in, 0, SEEK_CUR), lseek(out, 0, SEEK_CUR));
  text("out", bytes, pread(out, bytes, 32, 0));
  show("with positions", copy_file_range(in, NULL, out, NULL, 3, 0));
  say("positions %ld %ld", lseek(in, 0, SEEK_CUR), lseek(out, 0, SEEK_CUR));
  show("more than there is", copy_file_range(in, NULL, out, NULL, 100, 0));
  show("at the end", copy_file_range(in, NULL, out, NULL, 100, 0));
  text("out", bytes, pread(out, bytes, 32, 0));
  from = 0, to = 5;
  show("within one file", copy_file_range(in, &from, in, &to, 3, 0));
  text("in", bytes, pread(in, bytes, 32, 0));
  from = 0, to = 2;
  show("overlapping", copy_file_range(in, &from, in, &to, 5, 0));
  show("flags", copy_file_range(in, NULL, out, NULL, 1, 1));
  show("length 0", copy_file_range(in, NULL, out, NULL, 0, 0));
  show("to a read-only descriptor", copy_file_range(in, NULL, must("open", open("out", O_RDONLY)), NULL, 1, 0));
  show("to O_APPEND", copy_file_range(in, NULL, must("open", open("out", O_WRONLY | O_APPEND)), NULL, 1, 0));
  show("from a directory", copy_file_range(must("open", open(".", O_RDONLY)), NULL, out, NULL, 1, 0));
  show("to a pipe", copy_file_range(in, NULL, ends[1], NULL, 1, 0));
  show("closed", copy_file_range(99, NULL, out, NULL, 1, 0));
  return 0;
}
