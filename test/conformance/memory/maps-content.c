/* memory: /proc/self/maps lists mappings in order with their permissions, offsets and names.
 *
 * proc(5), /proc/pid/maps.
 */
#include "case.h"

static char maps[65536];

static void find(const char *name, void *address, size_t length) {
  char start[64], *line = NULL;
  slurp("/proc/self/maps", maps, sizeof maps);
  snprintf(start, sizeof start, "%lx-%lx ", (long)address, (long)address + length);
  for (char *at = maps; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
    if (strncmp(at, start, strlen(start)) == 0) line = at + strlen(start);
  if (!line) { say("%s: not found", name); return; }
  *strchr(line, '\n') = 0;
  char *path = strrchr(line, '/');
  say("%s: %.13s %s", name, line, path ? path : "");
}

int main(void) {
  int rw = PROT_READ | PROT_WRITE;
  make_file("file", "x");
  int fd = must("open", open("file", O_RDWR));
  char *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
  char *shared = mmap(NULL, 8192, rw, MAP_SHARED, fd, 0);
  char *area = mmap(NULL, 16 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must("mprotect", mprotect(area + 4096, 3 * 4096, rw));
  must("mprotect", mprotect(area + 8 * 4096, 2 * 4096, PROT_READ | PROT_EXEC));
  find("private file at an offset", file, 4096);
  find("shared file", shared, 8192);
  find("three pages made writable", area + 4096, 3 * 4096);
  find("two pages made executable", area + 8 * 4096, 2 * 4096);
  find("the rest between", area + 4 * 4096, 4 * 4096);
  must("mprotect", mprotect(area + 4096, 2 * 4096, PROT_NONE));
  find("one writable page left", area + 3 * 4096, 4096);
  must("unlink", unlink("file"));
  find("unlinked", shared, 8192);
  unsigned long start, end, last = 0;
  int ordered = 1, stack = 0, heap = 0, text_found = 0;
  sbrk(4096);
  slurp("/proc/self/maps", maps, sizeof maps);
  for (char *line = strtok(maps, "\n"); line; line = strtok(NULL, "\n")) {
    sscanf(line, "%lx-%lx", &start, &end);
    if (strstr(line, "[vsyscall]")) continue;
    ordered &= start >= last && end > start;
    last = end;
    if (strstr(line, "[stack]")) stack = (char *)&start >= (char *)start && (char *)&start < (char *)end;
    if (strstr(line, "[heap]")) heap = (char *)sbrk(0) == (char *)end;
    if ((unsigned long)main >= start && (unsigned long)main < end) text_found = strstr(line, " r-xp ") != NULL;
  }
  say("ordered %d, [stack] holds our frame %d, [heap] ends at the break %d, main is in r-xp %d", ordered, stack, heap,
      text_found);
  return 0;
}
