/* memory: mmap() refuses bad lengths, offsets, descriptors, types and protections.
 *
 * mmap(2), ERRORS.
 */
#include "case.h"

static void attempt(const char *name, size_t length, int protection, int flags, int fd, off_t offset) {
  show_ok(name, syscall(SYS_mmap, NULL, length, protection, flags, fd, offset));
}

int main(void) {
  int ends[2];
  make_file("f", "text");
  int reader = must("open", open("f", O_RDONLY)), writer = must("open", open("f", O_WRONLY));
  int both = must("open", open("f", O_RDWR)), directory = must("open", open(".", O_RDONLY));
  int path = must("open", open("f", O_PATH));
  must("pipe", pipe(ends));
  int rw = PROT_READ | PROT_WRITE;
  attempt("length 0", 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  attempt("huge length", -4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  attempt("no sharing type", 4096, PROT_READ, MAP_ANONYMOUS, -1, 0);
  attempt("unaligned offset", 4096, PROT_READ, MAP_PRIVATE, both, 1);
  attempt("offset overflow", 8192, PROT_READ, MAP_PRIVATE, both, 0x7ffffffffffff000);
  attempt("closed descriptor", 4096, PROT_READ, MAP_PRIVATE, 99, 0);
  attempt("pipe", 4096, PROT_READ, MAP_PRIVATE, ends[0], 0);
  attempt("directory", 4096, PROT_READ, MAP_PRIVATE, directory, 0);
  attempt("O_PATH descriptor", 4096, PROT_READ, MAP_PRIVATE, path, 0);
  attempt("write-only, private", 4096, PROT_READ, MAP_PRIVATE, writer, 0);
  attempt("write-only, shared", 4096, PROT_WRITE, MAP_SHARED, writer, 0);
  attempt("read-only, shared, writable", 4096, rw, MAP_SHARED, reader, 0);
  attempt("read-only, shared, readable", 4096, PROT_READ, MAP_SHARED, reader, 0);
  attempt("read-only, private, writable", 4096, rw, MAP_PRIVATE, reader, 0);
  attempt("beyond the end of the file", 4096, PROT_READ, MAP_SHARED, reader, 1 << 20);
  attempt("MAP_SHARED_VALIDATE with an unknown flag", 4096, PROT_READ, MAP_SHARED_VALIDATE | 0x400000, both, 0);
  attempt("MAP_PRIVATE with the same flag", 4096, PROT_READ, MAP_PRIVATE | 0x400000, both, 0);
  void *area = mmap(NULL, 4096, PROT_READ, MAP_SHARED, reader, 0);
  show("mprotect may not add write to it", mprotect(area, 4096, rw));
  close(reader);
  check("the mapping outlives its descriptor", memcmp(area, "text", 4) == 0);
  return 0;
}
