/* memory: MAP_FIXED replaces what is there, MAP_FIXED_NOREPLACE refuses to, hints give way.
 *
 * mmap(2), MAP_FIXED, MAP_FIXED_NOREPLACE.
 */
#include "case.h"

int main(void) {
  int rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  char *area = mmap(NULL, 5 * 4096, rw, anonymous, -1, 0);
  memset(area, 'a', 5 * 4096);
  make_file("f", "file");
  int fd = must("open", open("f", O_RDWR));
  check("fixed in the middle", mmap(area + 2 * 4096, 4096, rw, MAP_PRIVATE | MAP_FIXED, fd, 0) == area + 2 * 4096);
  say("%c %c%c%c %c", area[2 * 4096 - 1], area[2 * 4096], area[2 * 4096 + 3], area[2 * 4096 + 4] + '0', area[3 * 4096]);
  show_ok("noreplace on a mapping", (long)mmap(area, 4096, rw, anonymous | MAP_FIXED_NOREPLACE, -1, 0));
  show_ok("noreplace overlapping at its end", (long)mmap(area - 4096, 8192, rw, anonymous | MAP_FIXED_NOREPLACE, -1,
      0));
  munmap(area + 4096, 4096);
  check("noreplace in a hole", mmap(area + 4096, 4096, rw, anonymous | MAP_FIXED_NOREPLACE, -1, 0) == area + 4096);
  char *hinted = mmap(area, 4096, rw, anonymous, -1, 0);
  check("hint on a mapping moves away", hinted != area && hinted != MAP_FAILED && *area == 'a');
  show_ok("fixed unaligned", (long)mmap(area + 1, 4096, rw, anonymous | MAP_FIXED, -1, 0));
  show_ok("fixed beyond user space", (long)mmap((void *)0x7fffffffe000, 8192, rw, anonymous | MAP_FIXED, -1, 0));
  show_ok("fixed at a kernel address", (long)mmap((void *)0xffff800000000000, 4096, rw, anonymous | MAP_FIXED, -1, 0));
  char *low = mmap(NULL, 4096, rw, anonymous | MAP_32BIT, -1, 0);
  check("MAP_32BIT is below 2 GiB", (uintptr_t)low < 0x80000000);
  show("failed fixed mapping of a closed descriptor",
      mmap(area, 4096, rw, MAP_PRIVATE | MAP_FIXED, 99, 0) == MAP_FAILED);
  check("left the old one alone", *area == 'a');
  return 0;
}
