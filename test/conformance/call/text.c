/* call: a program's text is what its file says, whoever reads it and however it was used; and text that is mapped
 * over, made writable or unmapped while its calls are warm behaves as such.
 *
 * mmap(2), mprotect(2), proc(5) on /proc/PID/mem.
 */
#include "case.h"

#include <sys/uio.h>

extern char __executable_start;

/* One getppid(2) in text of our own. */
__asm__(
    ".text\n.globl warm\n.type warm, @function\nwarm:\n\t.cfi_startproc\n\tmov $110, %eax\n\tsyscall\n\tret\n\t"
    ".cfi_endproc\nwarm_end:\n.size warm, .-warm\n");
extern long warm(void);
extern char warm_end;

static int same_as_file(void) {
  uint8_t memory[16], file[16];
  size_t length = (size_t)(&warm_end - (char *)warm);
  int fd = open("/proc/self/exe", O_RDONLY), mem = open("/proc/self/mem", O_RDONLY);
  /* The text segment's place in the file, as the linker has it: address and offset differ by whole pages. */
  static uint8_t image[1 << 20];
  ssize_t size = read(fd, image, sizeof image);
  int found = pread(mem, memory, length, (off_t)(uintptr_t)warm) == (ssize_t)length &&
              memmem(image, (size_t)size, memory, length) != NULL;
  memcpy(file, memory, length);
  close(fd);
  close(mem);
  return found && file[0] == 0xb8 && file[5] == 0x0f && file[6] == 0x05;
}

/* What a call that takes a buffer takes from the text: as long as its file's, and as one of two buffers. */
static int is_sent_as_file(void) {
  uint8_t got[32];
  size_t length = (size_t)(&warm_end - (char *)warm);
  int ends[2];
  must("pipe", pipe(ends));
  struct iovec parts[2] = { { "x", 1 }, { (void *)warm, length } };
  must("write", write(ends[1], (void *)warm, length));
  must("writev", writev(ends[1], parts, 2));
  int same = read(ends[0], got, 2 * length + 1) == (ssize_t)(2 * length + 1) && got[0] == 0xb8 && got[5] == 0x0f &&
             got[6] == 0x05 && memcmp(got, got + length + 1, length) == 0;
  close(ends[0]);
  close(ends[1]);
  return same;
}

int main(void) {
  pid_t parent = getppid();
  int right = 1;
  for (int i = 0; i < 100; i++) right &= warm() == parent;
  check("results", right);
  check("read through /proc/self/mem it is the file's", same_as_file());
  check("and given to write(2)", is_sent_as_file());

  char *page = (char *)((uintptr_t)warm & ~4095ul);
  size_t length = 8192;
  show("mprotect writable", mprotect(page, length, PROT_READ | PROT_WRITE | PROT_EXEC));
  check("it is the file's now that it may be written", *(uint8_t *)warm == 0xb8);
  ((uint8_t *)warm)[1] = 39; /* getpid */
  check("changed by the program, it does something else", warm() == getpid());
  for (int i = 0; i < 100; i++) right &= warm() == getpid();
  check("again and again", right);
  show("mprotect back", mprotect(page, length, PROT_READ | PROT_EXEC));
  for (int i = 0; i < 100; i++) right &= warm() == getpid();
  check("and as text again", right);

  /* The same bytes elsewhere: anonymous memory, written by the program. */
  uint8_t *copy = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(copy, "\xb8\x6e\0\0\0\x0f\x05\xc3", 8);
  show("mprotect the copy", mprotect(copy, 4096, PROT_READ | PROT_EXEC));
  for (int i = 0; i < 100; i++) right &= ((long (*)(void))copy)() == parent;
  check("calls from anonymous memory", right);
  check("whose bytes stay", memcmp(copy, "\xb8\x6e\0\0\0\x0f\x05\xc3", 8) == 0);

  pid_t child = spawn();
  if (child == 0) _exit(warm() == getpid() && getppid() == parent ? 1 : 0);
  reap("a child has both", child);
  return 0;
}
