/* memory: RLIMIT_AS and RLIMIT_DATA make mmap() fail with ENOMEM.
 *
 * getrlimit(2).
 */
#include "case.h"
#include <sys/resource.h>

static void *map(size_t size, int protection, int flags) {
  return mmap(NULL, size, protection, flags | MAP_ANONYMOUS, -1, 0);
}

int main(void) {
  int rw = PROT_READ | PROT_WRITE;
  soft_limit(RLIMIT_AS, 256 << 20);
  show_ok("64 MiB", (long)map(64 << 20, rw, MAP_PRIVATE));
  show_ok("300 MiB", (long)map(300 << 20, rw, MAP_PRIVATE));
  show_ok("300 MiB of nothing", (long)map(300 << 20, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE));
  show_ok("300 MiB shared", (long)map(300 << 20, rw, MAP_SHARED));
  void *area = map(100 << 20, rw, MAP_PRIVATE);
  show_ok("100 MiB", (long)area);
  show_ok("mremap to 300 MiB", (long)mremap(area, 100 << 20, 300 << 20, MREMAP_MAYMOVE));
  munmap(area, 100 << 20);
  show_ok("150 MiB after giving 100 back", (long)map(150 << 20, rw, MAP_PRIVATE));
  check("malloc tells", malloc(hidden(200 << 20)) == NULL && errno == ENOMEM);
  soft_limit(RLIMIT_AS, RLIM_INFINITY);
  soft_limit(RLIMIT_DATA, 280 << 20);
  show_ok("RLIMIT_DATA: 200 MiB private writable", (long)map(200 << 20, rw, MAP_PRIVATE));
  show_ok("RLIMIT_DATA: 200 MiB private read-only", (long)map(200 << 20, PROT_READ, MAP_PRIVATE));
  show_ok("RLIMIT_DATA: 200 MiB shared", (long)map(200 << 20, rw, MAP_SHARED));
  return 0;
}
