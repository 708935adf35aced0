/* memory: mremap() grows in place or by moving, shrinks, and moves to a fixed place.
 *
 * mremap(2).
 */
#include "case.h"

static int mapped(void *address) { return mincore(address, 4096, (unsigned char[1]){ 0 }) == 0; }
static char *area_of(int pages) {
  char *area = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < pages; i++) area[i * 4096] = 'a' + i;
  return area;
}

int main(void) {
  char *area = area_of(8);
  check("shrink stays in place", mremap(area, 8 * 4096, 5 * 4096, 0) == area);
  check("the tail is gone", mapped(area + 4 * 4096) && !mapped(area + 5 * 4096));
  check("grow into the free place", mremap(area, 5 * 4096, 8 * 4096, 0) == area && area[7 * 4096] == 0);
  mmap(area + 8 * 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0); /* a neighbour */
  show_ok("grow without room and without MAYMOVE", (long)mremap(area, 8 * 4096, 64 * 4096, 0));
  char *moved = mremap(area, 8 * 4096, 64 * 4096, MREMAP_MAYMOVE);
  check("grow by moving", moved != MAP_FAILED && moved != area);
  say("content moves along: %c%c%c", moved[0], moved[4096], moved[4 * 4096]);
  check("old place is gone", !mapped(area));
  char *target = area_of(4);
  check("fixed", mremap(moved, 2 * 4096, 2 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, target + 4096) == target + 4096);
  say("target: %c %c%c %c", target[0], target[4096], target[2 * 4096], target[3 * 4096]);
  check("only the moved part left", !mapped(moved) && !mapped(moved + 4096) && mapped(moved + 2 * 4096));
  show_ok("fixed without MAYMOVE", (long)mremap(target, 4096, 4096, MREMAP_FIXED, moved));
  show_ok("fixed overlapping", (long)mremap(target, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, target + 4096));
  show_ok("new size 0", (long)mremap(target, 4096, 0, 0));
  show_ok("unaligned", (long)mremap(target + 1, 4096, 8192, MREMAP_MAYMOVE));
  show_ok("not mapped", (long)mremap(moved, 4096, 8192, MREMAP_MAYMOVE));
  show_ok("unknown flag", (long)mremap(target, 4096, 8192, 64));
  show_ok("old size 0 of private memory", (long)mremap(target, 0, 4096, MREMAP_MAYMOVE));
  char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char *alias = mremap(shared, 0, 4096, MREMAP_MAYMOVE);
  check("old size 0 of shared memory duplicates it", alias != MAP_FAILED && alias != shared);
  *shared = 's';
  check("an alias of the same page", *alias == 's');
  char *left = mremap(target, 4096, 4096, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
  check("DONTUNMAP moves the content and leaves zeroes", *left == 'a' && mapped(target) && *target == 0);
  return 0;
}
