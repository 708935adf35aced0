/* memory: system calls made from generated code work, also after the code around them was rewritten.
 *
 * A kernel that patches call sites must notice that the text has changed.
 */
#include "case.h"

typedef long (*function)(long, long, long);

/* mov $number, %eax; syscall; ret */
static void emit(unsigned char *code, int number) {
  code[0] = 0xb8;
  memcpy(code + 1, &number, 4);
  memcpy(code + 5, "\x0f\x05\xc3", 3);
}

int main(void) {
  unsigned char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  function call = (function)page;
  long wrong = 0, pid = getpid(), parent = getppid();
  for (int i = 0; i < 300; i++) {
    emit(page, i % 2 ? SYS_getpid : SYS_getppid);
    for (int n = 0; n < 3; n++) wrong += call(0, 0, 0) != (i % 2 ? pid : parent);
  }
  show("rewritten in place: wrong", wrong);

  /* mov %edi, %eax; syscall; ret at every alignment, also across a page boundary */
  for (int at = wrong = 0; at < 4096 + 64; at++) {
    memcpy(page + at, "\x89\xf8\x0f\x05\xc3", 5);
    wrong += ((function)(page + at))(SYS_getpid, 0, 0) != pid;
  }
  show("at every offset: wrong", wrong);

  /* Jump straight to the syscall instruction, so that the bytes before it are not run. */
  static const unsigned char entry[] = "\xb8\x27\x00\x00\x00\x0f\x05\xc3";
  memcpy(page, entry, sizeof entry - 1);
  for (int i = wrong = 0; i < 100; i++) {
    long result;
    wrong += ((function)page)(0, 0, 0) != pid;
    __asm__ volatile("call *%1" : "=a"(result) : "r"(page + 5), "a"(SYS_getppid) : "rcx", "r11", "memory");
    wrong += result != parent;
  }
  show("two entries: wrong", wrong);

  /* The number in the immediate changes although the syscall bytes do not. */
  emit(page, SYS_getpid);
  wrong = call(0, 0, 0) != pid;
  for (int i = 0; i < 100; i++) call(0, 0, 0);
  int number = SYS_getuid;
  memcpy(page + 1, &number, 4);
  wrong += call(0, 0, 0) != getuid();
  show("immediate changed: wrong", wrong);
  return 0;
}
