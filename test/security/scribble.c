/*
 * Random bytes over everything that is shared or the stub's own, from several threads, while system
 * calls run. Argument: what to scribble on: slots, header, bits, sequences, stacks.
 */
#include "attack.h"

static const char *target;

static void scribble_once(void) {
  volatile uint32_t *words;
  switch (target[0] == 's' ? target[1] : target[0]) {
    case 'l': /* slots: any word of the first slots */
      words = (volatile uint32_t *)(STUB_SLOTS + (1 + random64() % 3) * CHUNK);
      words[random64() % 80] = (uint32_t)random64();
      break;
    case 'h': /* header: posts of slots that are not there */
      ((volatile struct space_header *)STUB_SLOTS)->pending[random64() % 64] = random64();
      ((volatile struct space_header *)STUB_SLOTS)->summary = random64();
      break;
    case 'b': { /* bits: everything posted, always */
      volatile struct space_header *header = (volatile struct space_header *)STUB_SLOTS;
      for (int i = 0; i < 64; i++) header->pending[i] = ~0ull;
      header->summary = ~0ull;
      break;
    }
    case 'e': /* sequences: answers to nothing, small lies */
      words = (volatile uint32_t *)(STUB_SLOTS + (1 + random64() % 3) * CHUNK);
      words[random64() % 6] = (uint32_t)(random64() % 9);
      break;
    case 't': { /* stacks: frames, saved registers, FP images */
      volatile uint64_t *stack = (volatile uint64_t *)(STUB_STACKS + (1 + random64() % 3) * CHUNK);
      stack[CHUNK / 8 - 1 - random64() % 700] = random64();
      break;
    }
  }
}

static void *scribbler(void *unused) {
  for (;;) scribble_once();
  return unused;
}

int main(int argc, char **argv) {
  (void)argc;
  target = argv[1];
  random_state ^= (uint64_t)getpid() * 2654435761u ^ (uint64_t)(seconds() * 1e6);
  pthread_t thread;
  if (pthread_create(&thread, NULL, scribbler, NULL) != 0) return 1;
  double end = seconds() + 1;
  for (unsigned i = 0; seconds() < end; i++) {
    getppid();
    int fd = open("/proc/self/maps", O_RDONLY);
    char buffer[4096];
    if (read(fd, buffer, sizeof buffer) < 0) errno = 0;
    close(fd);
    void *memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) munmap(memory, 65536);
    if (i % 16 == 0) {
      pid_t child = fork();
      if (child == 0) _exit(0);
      if (child > 0) waitpid(child, NULL, 0);
    }
  }
  puts("survived");
  return 0;
}
