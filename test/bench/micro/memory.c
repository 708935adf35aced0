/* memory: mapping, unmapping and first touches. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "timing.h"

enum { PAGE = 4096, PAGES = 4096, LARGE = 64 << 20 };
static char *region;

static char *map(size_t length) {
  void *place = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(place != MAP_FAILED);
  return place;
}

static void run_map(long count) {
  while (count-- > 0) NEED(munmap(map(PAGE), PAGE) == 0);
}

static void run_map_touch(long count) {
  while (count-- > 0) {
    char *page = map(PAGE);
    *(volatile char *)page = 1;
    NEED(munmap(page, PAGE) == 0);
  }
}

static void prepare_region(void) {
  region = map((size_t)PAGES * PAGE);
  NEED(madvise(region, (size_t)PAGES * PAGE, MADV_NOHUGEPAGE) == 0);
}

/* One operation is the first touch of one page; a full region is given back and touched again. */
static void run_fault(long count) {
  static long next = PAGES;
  for (; count > 0; count--, next++) {
    if (next == PAGES) {
      NEED(madvise(region, (size_t)PAGES * PAGE, MADV_DONTNEED) == 0);
      next = 0;
    }
    ((volatile char *)region)[next * PAGE] = 1;
  }
}

static void run_large(long count) {
  while (count-- > 0) {
    char *place = map(LARGE);
    for (long i = 0; i < LARGE; i += PAGE) ((volatile char *)place)[i] = 1;
    NEED(munmap(place, LARGE) == 0);
  }
}

static void run_mprotect(long count) {
  for (; count-- > 0;)
    NEED(mprotect(region, PAGE, PROT_READ) == 0 &&
         mprotect(region, PAGE, PROT_READ | PROT_WRITE) == 0);
}

static void run_brk(long count) {
  for (; count-- > 0;) NEED(sbrk(16 * PAGE) != (void *)-1 && sbrk(-16 * PAGE) != (void *)-1);
}

static const struct operation operations[] = {
    {"mmap-munmap", run_map, NULL, 0},
    {"mmap-touch-munmap", run_map_touch, NULL, 0},
    {"page-fault", run_fault, prepare_region, 0},
    {"touch-64m", run_large, NULL, LARGE},
    {"mprotect-twice", run_mprotect, prepare_region, 0},
    {"brk-twice", run_brk, NULL, 0},
    {0},
};

int main(int argc, char **argv) { return measure(operations, argc, argv); }
