/* memory: anonymous mappings are zero, writable, page-granular and disappear with munmap.
 *
 * mmap(2), munmap(2).
 */
#include "case.h"

static int mapped(void *address) { return mincore(address, 4096, (unsigned char[1]){ 0 }) == 0; }

int main(void) {
  char *area = mmap(NULL, 10 * 4096 - 100, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check("page aligned", ((uintptr_t)area & 4095) == 0);
  long sum = 0;
  for (int i = 0; i < 10 * 4096; i++) sum += area[i];
  show("sum of fresh bytes, up to the end of the last page", sum);
  memset(area, 7, 10 * 4096);
  show("hole in the middle", munmap(area + 3 * 4096, 2 * 4096 - 1));
  for (int i = 0; i < 10; i++)
    if (!mapped(area + i * 4096)) say("page %d is gone", i);
  check("both sides keep their bytes", area[3 * 4096 - 1] == 7 && area[5 * 4096] == 7);
  show("munmap of the hole again", munmap(area + 3 * 4096, 2 * 4096));
  show("munmap over hole and pages", munmap(area, 10 * 4096));
  show("munmap unaligned", munmap(area + 1, 4096));
  show("munmap length 0", munmap(area, 0));
  show("munmap beyond user space", munmap((void *)0x7ffffffff000, 8192));
  char *again = mmap(area, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check("a hint at a free place is taken", again == area);
  check("fresh bytes are zero again", *again == 0);
  return 0;
}
