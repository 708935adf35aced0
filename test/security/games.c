/*
 * Games with the stub's protocol and window. Argument: which one. Each ends with the process dead or
 * with "still here"; the test looks at everybody else.
 */
#include "attack.h"

static void spin(void) {
  for (;;) __asm__ volatile("pause");
}

/* A frame of our own making: every signal blocked, and the next instruction never stops. */
static void blocked(void) {
  static uint64_t frame[64] __attribute__((aligned(64)));
  static char stack[65536] __attribute__((aligned(64)));
  uint64_t *regs = frame + 5; /* struct ucontext: flags, link, stack (3 words), then sigcontext */
  frame[0] = 6;               /* UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS */
  regs[RSP] = (uint64_t)stack + 65280;
  regs[RIP] = (uint64_t)spin;
  regs[EFLAGS] = 0x202;
  regs[SELECTORS] = 0x33 | 0x2bull << 48;
  frame[5 + REG_COUNT + 9] = ~0ull; /* fpstate, 8 reserved words, then the mask */
  puts("ready");
  fflush(stdout);
  __asm__ volatile("mov %0, %%rsp\n\tmov $15, %%eax\n\tjmp *%1" ::"r"(frame), "r"(gadget) : "memory");
}

/* Every way to move, change or cover the stub's window. */
static void window(void) {
  static unsigned char before[0x1000];
  memcpy(before, (void *)STUB_TEXT, sizeof before);
  static const uint64_t places[] = {STUB_TEXT, STUB_PAGE, STUB_SLOTS, STUB_STACKS, STUB_BASE - 4096,
                                    GUEST_END, 0x7ffe00000000, 0x7fffffffe000};
  static const uint64_t lengths[] = {4096, 0x10000, 0x100000000, 0x200000000, 0x7fffffffffff, ~0ull};
  char *own = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (unsigned p = 0; p < sizeof places / 8; p++)
    for (unsigned l = 0; l < sizeof lengths / 8; l++) {
      long at = (long)places[p], length = (long)lengths[l];
      stub_call(SYS_mmap, at, length, 7, 0x32, -1, 0);
      stub_call(SYS_mmap, at, length, 3, 0x31, FD_CONTROL, 0);
      stub_call(SYS_munmap, at, length, 0, 0, 0, 0);
      stub_call(SYS_munmap, (long)own - length, length + 4096, 0, 0, 0, 0);
      stub_call(SYS_mprotect, at, length, 7, 0, 0, 0);
      stub_call(SYS_madvise, at, length, 4, 0, 0, 0);
      stub_call(SYS_mremap, at, length, 4096, 3, (long)own, 0);
      stub_call(SYS_mremap, (long)own, 4096, length, 3, at, 0);
      stub_call(SYS_mremap, (long)own, 4096, length, 1, 0, 0);
      stub_call(SYS_pkey_mprotect, at, length, 7, 0, 0, 0);
      stub_call(SYS_remap_file_pages, at, length, 0, 0, 0, 0);
    }
  stub_call(SYS_mmap, (long)STUB_SLOTS, SLOTS_SIZE, 3, 0x11, FD_DOORBELL, 0);
  if (memcmp(before, (void *)STUB_TEXT, sizeof before) != 0) puts("the stub's text was changed");
  /* And now all that is ours, this code too. */
  for (uint64_t at = 0; at < 0x7ffd; at += 0x100)
    stub_call(SYS_munmap, (long)(at << 32), 0x10000000000, 0, 0, 0, 0);
}

static void descriptors(void) {
  char bytes[64] = {0};
  for (int i = 0; i < 2000; i++) stub_call(SYS_write, FD_DOORBELL, (long)bytes, 8, 0, 0, 0);
  for (int i = 0; i < 100; i++) stub_call(SYS_write, FD_CONTROL, (long)bytes, 1, 0, 0, 0);
  for (int i = 0; i < 64; i++) {
    stub_call(SYS_dup3, i, FD_CONTROL, 02000000, 0, 0, 0);
    stub_call(SYS_write, FD_CONTROL, (long)bytes, 1, 0, 0, 0);
  }
  stub_call(SYS_dup3, FD_DOORBELL, FD_CONTROL, 02000000, 0, 0, 0);
  stub_call(SYS_close, FD_CONTROL, 0, 0, 0, 0, 0);
  stub_call(SYS_close, FD_DOORBELL, 0, 0, 0, 0, 0);
  for (int i = 0; i < 20; i++) {
    getppid();
    void *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, open("/proc/self/exe", O_RDONLY), 0);
    if (file != MAP_FAILED) munmap(file, 4096);
    if (fork() == 0) _exit(0);
  }
}

/* A mapping of a file that was opened for reading, made writable behind the kernel's back. */
static void upgrade(const char *path) {
  int fd = open(path, O_RDONLY);
  char *memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    puts("no mapping");
    return;
  }
  long rc = stub_call(SYS_mprotect, (long)memory, 4096, PROT_READ | PROT_WRITE, 0, 0, 0);
  printf("%s: %s\n", path, rc == -EACCES ? "refused" : "made writable");
  if (rc == 0) memory[0]++;
}

/* Posts of the other thread's slot, with everything in them a lie. */
static void *liar(void *argument) {
  const char *kind = argument;
  volatile struct space_header *header = (volatile struct space_header *)STUB_SLOTS;
  volatile struct slot *slot = slot_at(1);
  for (;;) {
    if (strcmp(kind, "lies") == 0) {
      slot->reason = (uint32_t)(random64() % 7);
      slot->signo = (int32_t)random64();
      slot->code = (int32_t)random64();
      slot->address = random64();
      slot->result = (int64_t)random64();
      slot->fpstate = random64();
      slot->frame = random64();
      slot->tid = (int32_t)random64();
      slot->exited = (uint32_t)random64();
      for (int i = 0; i < 8; i++) slot->args[i] = random64();
      slot->req_seq += (uint32_t)random64();
    } else if (strcmp(kind, "faults") == 0) {
      slot->signo = (int32_t)(random64() % 200) - 50;
      slot->code = (int32_t)random64();
      slot->reason = REASON_FAULT;
      slot->req_seq++;
    } else if (strcmp(kind, "registers") == 0) {
      for (int i = 0; i < REG_COUNT; i++) slot->regs[i] = random64() >> random64() % 64;
      continue;
    } else if (strcmp(kind, "answers") == 0) {
      slot->result = (int64_t)random64() >> random64() % 64;
      slot->fpstate = STUB_STACKS + random64() % 0x20000;
      continue;
    } else { /* silent: whoever sleeps is never woken */
      slot->waiting = 0;
      continue;
    }
    header->pending[0] |= 2 | random64();
    header->summary |= 1 | random64();
  }
  return NULL;
}

static void with_liar(const char *kind) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, liar, (void *)kind) != 0) return;
  struct sigaction action = {.sa_handler = SIG_IGN};
  for (double end = seconds() + 0.7; seconds() < end;) {
    getppid();
    sigaction(SIGUSR1, &action, NULL);
    void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) munmap(memory, 1 << 20);
    if (fork() == 0) _exit(0);
    waitpid(-1, NULL, WNOHANG);
    nap(1);
  }
}

/* From when it is told to, keeps the other thread from seeing an answer of the kernel's. */
static void *mute(void *told) {
  volatile struct slot *slot = slot_at(1);
  while (!*(volatile int *)told) {}
  for (uint32_t seen = slot->rep_seq;;) {
    slot->rep_seq = seen;
    slot->waiting = 0;
  }
  return NULL;
}

/* A fork is several commands: each of them would wait for an answer. */
static void with_mute(void) {
  static volatile int told;
  pthread_t thread;
  if (pthread_create(&thread, NULL, mute, (void *)&told) != 0) return;
  told = 1;
  for (double end = seconds() + 0.05; seconds() < end;) {}
  if (syscall(SYS_fork) == 0) _exit(0);
}

int main(int argc, char **argv) {
  (void)argc;
  find_gadget();
  random_state ^= (uint64_t)(seconds() * 1e9);
  const char *game = argv[1];
  if (strcmp(game, "blocked") == 0) blocked();
  else if (strcmp(game, "window") == 0) window();
  else if (strcmp(game, "upgrade") == 0) {
    int fd = open("/tmp/guest-file", O_CREAT | O_RDWR, 0444);
    if (write(fd, "text", 4) != 4) puts("no file");
    upgrade("/tmp/guest-file");
    upgrade("/etc/passwd");
    int shared = memfd_create("shared", 0);
    if (ftruncate(shared, 4096) != 0) puts("no memfd");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", shared);
    upgrade(path);
  } else if (strcmp(game, "descriptors") == 0) descriptors();
  else if (strcmp(game, "mute") == 0) with_mute();
  else with_liar(game);
  puts("still here");
  return 0;
}
