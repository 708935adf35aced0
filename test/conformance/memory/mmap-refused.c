/* memory: mappings that are refused leave nothing behind.
 *
 * mmap(2), ENOMEM: a writable private mapping of more than there is memory for. Many refusals later a file can
 * still be mapped, and read.
 */
#include "case.h"

int main(void) {
  int file = open("/proc/self/exe", O_RDONLY), refused = 0;
  for (int i = 0; i < 25000; i++) {
    void *at = mmap(NULL, 1ul << 46, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    refused += at == MAP_FAILED && errno == ENOMEM;
    if (at != MAP_FAILED) munmap(at, 1ul << 46);
  }
  say("refused: %d", refused);
  char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
  check("mapped", page != MAP_FAILED);
  if (page != MAP_FAILED) check("read", memcmp(page, "\177ELF", 4) == 0);
  return 0;
}
