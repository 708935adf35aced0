/* call: calls that wait return where they were made, also when that place has changed meanwhile.
 *
 * The same read(2) is made again and again, by several threads that wait in it, with signals that interrupt and
 * restart it; signal handlers see the program counter behind the instruction, and may change it.
 */
#include "case.h"

#include <pthread.h>
#include <ucontext.h>

/* A read(2) in the form that C libraries have it, and the place behind its instruction. */
long raw_read(int fd, void *buffer, size_t length);
extern char raw_read_call, raw_read_next, raw_read_end;
__asm__(
    ".text\n.globl raw_read\n.type raw_read, @function\nraw_read:\n\t.cfi_startproc\n\txor %eax, %eax\n"
    "raw_read_call:\n\tsyscall\n"
    "raw_read_next:\n\tcmp $-4095, %rax\n\tjae 1f\n\tret\n1:\tneg %rax\n\tneg %rax\n\tret\n\t.cfi_endproc\n"
    "raw_read_end:\n.size raw_read, .-raw_read\n");

static int ends[2];
static volatile sig_atomic_t handled, places_right;

static void handler(int number, siginfo_t *info, void *context) {
  greg_t at = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  /* Interrupted in the call: behind it with EINTR, or before it when it is to start again. A signal may also come
   * between two calls, so a handler's other places are not counted as wrong. */
  places_right += at == (greg_t)&raw_read_next || at == (greg_t)&raw_read_call;
  handled++;
}

static void skip(int number, siginfo_t *info, void *context) {
  ucontext_t *uc = context;
  uc->uc_mcontext.gregs[REG_RAX] = 4321;
  uc->uc_mcontext.gregs[REG_RIP] = (greg_t)&raw_read_next;
}

static void *reader(void *argument) {
  char byte = 0;
  long sum = 0;
  for (int i = 0; i < 50; i++) {
    if (raw_read(ends[0], &byte, 1) != 1) return (void *)-1;
    sum += byte;
  }
  return (void *)sum;
}

int main(void) {
  char byte, zero[8];
  int null = open("/dev/zero", O_RDONLY);
  must("pipe", pipe(ends));

  /* Threads wait in it before it was ever made twice. */
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) must("pthread_create", -pthread_create(&threads[i], NULL, reader, NULL));
  usleep(20000);
  for (int i = 0; i < 900; i++)
    if (raw_read(null, zero, sizeof zero) != sizeof zero) say("wrong count");
  long sum = 0;
  for (int i = 0; i < 150; i++) must("write", write(ends[1], "\1", 1));
  for (int i = 0; i < 3; i++) {
    void *part;
    pthread_join(threads[i], &part);
    sum += (long)part;
  }
  say("bytes read by threads: %ld", sum);
  for (int i = 0; i < 200; i++)
    if (raw_read(null, zero, sizeof zero) != sizeof zero) say("wrong count");
  show("error", raw_read(-1, &byte, 1));
  show("fault", raw_read(null, (void *)8, 1));

  struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
  sigaction(SIGUSR1, &action, NULL);
  pid_t ticker = tick_start(SIGUSR1);
  long interrupted = 0;
  for (int i = 0; i < 10; i++) interrupted += raw_read(ends[0], &byte, 1) == -EINTR;
  say("interrupted: %ld", interrupted);
  tick_stop(ticker);
  check("a handler saw the call's place for each", places_right >= interrupted);

  /* Restarted: the handler runs, and the call waits on. */
  action.sa_flags |= SA_RESTART;
  sigaction(SIGUSR1, &action, NULL);
  places_right = handled = 0;
  pid_t helper = spawn();
  if (helper == 0) {
    for (int i = 0; i < 3; i++) {
      until_asleep(getppid());
      kill(getppid(), SIGUSR1);
    }
    until_asleep(getppid());
    _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
  }
  show("restarted read", raw_read(ends[0], &byte, 1));
  check("after handlers", handled >= 1 && byte == 'x');
  check("each saw the call's place", places_right == handled);
  reap("helper", helper);

  /* A handler that returns elsewhere: behind the call, with a result of its own. */
  action.sa_sigaction = skip;
  sigaction(SIGUSR1, &action, NULL);
  helper = spawn();
  if (helper == 0) {
    until_asleep(getppid());
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  show("result from the handler", raw_read(ends[0], &byte, 1));
  reap("helper", helper);

  /* A child made while the calls are warm, and a program's own view of them. */
  helper = spawn();
  if (helper == 0) _exit(raw_read(null, zero, 3) == 3 ? 0 : 1);
  reap("child", helper);
  uint8_t text[32];
  size_t length = (size_t)(&raw_read_end - (char *)raw_read);
  int mem = open("/proc/self/mem", O_RDONLY);
  check("its bytes", pread(mem, text, length, (off_t)(uintptr_t)raw_read) == (ssize_t)length &&
                         memcmp(text, "\x31\xc0\x0f\x05\x48\x3d\x01\xf0\xff\xff", 10) == 0);
  return 0;
}
