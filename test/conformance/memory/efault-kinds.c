/* memory: every kind of wrong pointer gives EFAULT and no signal: unmapped, protected, kernel, half way.
 *
 * The kernel must copy with checks; read(2) and write(2) may return what fitted.
 */
#include "case.h"
#include <sys/uio.h>

int main(void) {
  char *area = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must("mprotect", mprotect(area + 4096, 4096, PROT_READ));
  munmap(area + 2 * 4096, 4096);
  make_file("f", "0123456789abcdef");
  int in = must("open", open("f", O_RDONLY)), out = must("open", open("out", O_CREAT | O_RDWR, 0644)), ends[2];
  must("pipe", pipe(ends));
  struct { const char *name; void *address; } pointers[] = {
    { "NULL", NULL }, { "first page", (void *)8 }, { "read-only", area + 4096 }, { "unmapped", area + 2 * 4096 },
    { "non-canonical", (void *)0x800000000000 }, { "kernel", (void *)0xffff888000000000 }, { "last byte", (void *)-1 },
  };
  for (size_t i = 0; i < COUNT(pointers); i++) {
    say("-- %s", pointers[i].name);
    show("read", pread(in, (void *)hidden((long)pointers[i].address), 4, 0));
    show("write", pwrite(out, (void *)hidden((long)pointers[i].address), 4, 0));
    show("pipe2", syscall(SYS_pipe2, pointers[i].address, 0));
    show("stat", syscall(SYS_stat, "f", pointers[i].address));
    show("open", syscall(SYS_open, pointers[i].address, O_RDONLY));
  }
  say("-- half way");
  show("write to a pipe over the edge", write(ends[1], area + 2 * 4096 - 3, 10) != 10);
  show("stat over the edge", syscall(SYS_stat, "f", area + 4096 - 8));
  must("mprotect", mprotect(area + 4096, 4096, PROT_READ | PROT_WRITE));
  memcpy(area + 2 * 4096 - 2, "f", 2);
  show_ok("path that ends at the edge", open(area + 2 * 4096 - 2, O_RDONLY));
  area[2 * 4096 - 1] = 'f';
  show("path that runs over the edge", open(area + 2 * 4096 - 2, O_RDONLY));
  struct iovec vectors[2] = { { area, 4 }, { bad_pointer(), 4 } };
  show("readv whose second buffer is bad", preadv(in, vectors, 2, 0));
  text("  the first is filled", area, 4);
  return 0;
}
