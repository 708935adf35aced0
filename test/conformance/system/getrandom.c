/* system: getrandom() fills buffers, checks flags, and never repeats.
 *
 * getrandom(2).
 */
#include "case.h"
#include <sys/random.h>

static unsigned char a[100000], b[100000];

int main(void) {
  show("16 bytes", getrandom(a, 16, 0));
  show("16 more", getrandom(b, 16, GRND_NONBLOCK));
  check("differ", memcmp(a, b, 16) != 0);
  show("nothing", getrandom(a, 0, 0));
  show("100000 bytes", getrandom(a, sizeof a, 0));
  int counts[256] = { 0 }, lowest = 1 << 30, highest = 0;
  for (size_t i = 0; i < sizeof a; i++) counts[a[i]]++;
  for (int i = 0; i < 256; i++) {
    if (counts[i] < lowest) lowest = counts[i];
    if (counts[i] > highest) highest = counts[i];
  }
  check("all byte values about equally often", lowest > 250 && highest < 550);
  show("GRND_RANDOM", getrandom(a, 32, GRND_RANDOM));
  show("unknown flag", getrandom(a, 16, 0x100));
  show("GRND_RANDOM|GRND_INSECURE", getrandom(a, 16, GRND_RANDOM | 4));
  show("bad pointer", syscall(SYS_getrandom, bad_pointer(), 16, 0));
  pid_t child = spawn();
  int channel[2];
  must("pipe", pipe(channel));
  if (child == 0) _exit(0);
  reap("child", child);
  must("getrandom", getrandom(a, 16, 0));
  for (int i = 0; i < 2; i++) {
    child = spawn();
    if (child == 0) {
      must("getrandom", getrandom(b, 16, 0));
      _exit(write(channel[1], b, 16) != 16);
    }
    reap("child", child);
  }
  must("read", read(channel[0], a, 16)), must("read", read(channel[0], b, 16));
  check("two children differ", memcmp(a, b, 16) != 0);
  return 0;
}
