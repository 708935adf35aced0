/* pipe: O_DIRECT makes each write a packet; a short read drops the rest of its packet.
 *
 * pipe(2), O_DIRECT.
 */
#include "case.h"

int main(void) {
  int ends[2];
  static char block[9000];
  char bytes[5000];
  must("pipe2", pipe2(ends, O_DIRECT | O_NONBLOCK));
  show("write 3", write(ends[1], "one", 3));
  show("write 4", write(ends[1], "two!", 4));
  show("write 5", write(ends[1], "three", 5));
  text("one packet", bytes, read(ends[0], bytes, sizeof bytes));
  text("two bytes of the next", bytes, read(ends[0], bytes, 2));
  text("its rest is gone", bytes, read(ends[0], bytes, sizeof bytes));
  show("empty", read(ends[0], bytes, 1));
  show("9000 bytes", write(ends[1], block, sizeof block));
  show("first packet", read(ends[0], bytes, sizeof bytes));
  show("second packet", read(ends[0], bytes, sizeof bytes));
  show("third packet", read(ends[0], bytes, sizeof bytes));
  show("switch it off", fcntl(ends[1], F_SETFL, O_NONBLOCK));
  must("write", write(ends[1], "a", 1)), must("write", write(ends[1], "b", 1));
  show("a stream again", read(ends[0], bytes, sizeof bytes));
  return 0;
}
