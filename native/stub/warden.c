/*
 * warden: the small process between the kernel and the stubs.
 *
 * The kernel starts it with descriptors 3 = control socket, 4 = doorbell, 5 = the first stub's
 * control socket, 6 = its slot memory, 7 = the kernel page (read-only), and the address of the
 * guest's vDSO as its argument. It starts the first stub (the template of all others) and then only
 *   - is the parent of every stub, so that one process reaps them, when the kernel says so;
 *   - kills all of them, through their process group, which no stub can leave, when the kernel dies.
 * It never runs guest code and has no power that the kernel has not.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"
#include "filter.h"
#include "layout.h"

enum { CONTROL = 3, DOORBELL = 4, STUB_CONTROL = 5, STUB_MEMORY = 6, PAGE = 7 };
enum { FIRST_SLOT = 1 };

/* The stub's code, linked for STUB_TEXT; it begins with the addresses of its entry points. */
extern const uint64_t stub_blob[];
extern const uint64_t stub_blob_end[];
__asm__(
    ".section .rodata\n.balign 16\n.global stub_blob, stub_blob_end\n"
    "stub_blob: .incbin \"" STUB_BLOB "\"\nstub_blob_end:\n.previous\n");
enum { ENTRY_SIGNAL, ENTRY_RESTORER, ENTRY_ENTER };

static uint64_t vdso_target;
static char spare_stack[65536] __attribute__((aligned(16)));

/* Exit codes 80…99 name the step that failed; the kernel turns them into words. */
static void must(int ok, int code) {
  if (!ok) _exit(code);
}

struct range { uint64_t start, end; };

/* The host's [vvar*] and [vdso] mappings: contiguous, and to be moved as one. */
static struct range find_vdso(uint64_t *vdso_start) {
  struct range found = {0, 0};
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return found;
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, end;
    if (sscanf(line, "%lx-%lx", &start, &end) != 2) continue;
    int is_vdso = strstr(line, "[vdso]") != NULL;
    if (!is_vdso && strstr(line, "[vvar") == NULL) continue;
    if (found.start == 0) found.start = start;
    if (is_vdso) *vdso_start = start;
    found.end = end;
  }
  fclose(maps);
  return found;
}

/* Each mapping must be moved by a call of its own. */
static int move_vdso(struct range from, uint64_t vdso_start, uint64_t to) {
  uint64_t cut[3] = {from.start, vdso_start, from.end};
  uint64_t page = 4096;
  for (int i = 0; i < 2; i++)
    for (uint64_t at = cut[i]; at < cut[i + 1];) {
      /* The data part may be two mappings ([vvar], [vvar_vclock]): try whole, then page by page. */
      uint64_t length = cut[i + 1] - at;
      while (mremap((void *)at, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
                    (void *)(to + (at - from.start))) == MAP_FAILED) {
        if (length <= page) return -1;
        length -= page;
      }
      at += length;
    }
  return 0;
}

static void take_signals(void) {
  static const int taken[] = {SIGSYS, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIG_INTERRUPT};
  struct { uint64_t handler, flags, restorer, mask; } action;
  action.handler = stub_blob[ENTRY_SIGNAL];
  action.flags = SA_SIGINFO | SA_ONSTACK | 0x04000000u /* SA_RESTORER */;
  action.restorer = stub_blob[ENTRY_RESTORER];
  action.mask = ~0ull;
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
    must(syscall(SYS_rt_sigaction, taken[i], &action, NULL, 8) == 0, 80);
  stack_t stack = {.ss_sp = (void *)(STUB_STACKS + FIRST_SLOT * CHUNK), .ss_size = CHUNK};
  must(sigaltstack(&stack, NULL) == 0, 81);
}

static void map_window(void) {
  must(munmap((void *)STUB_BASE, 0x7ffffffff000ull - STUB_BASE) == 0, 82);
  int fixed = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
  must(mmap((void *)STUB_TEXT, STUB_TEXT_SIZE, PROT_READ | PROT_WRITE, fixed, -1, 0) != MAP_FAILED, 83);
  memcpy((void *)STUB_TEXT, stub_blob, (size_t)((const char *)stub_blob_end - (const char *)stub_blob));
  must(mprotect((void *)STUB_TEXT, STUB_TEXT_SIZE, PROT_READ | PROT_EXEC) == 0, 84);
  must(mmap((void *)STUB_PAGE, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, PAGE, 0) != MAP_FAILED, 85);
  must(mmap((void *)STUB_SLOTS, SLOTS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, STUB_MEMORY,
            0) != MAP_FAILED, 86);
  must(madvise((void *)STUB_SLOTS, SLOTS_SIZE, MADV_DONTFORK) == 0, 87);
  must(mmap((void *)STUB_STACKS, SLOTS_SIZE, PROT_READ | PROT_WRITE, fixed | MAP_NORESERVE, -1, 0) !=
           MAP_FAILED, 88);
  syscall(462 /* mseal, Linux 6.10 */, STUB_TEXT, STUB_TEXT_SIZE, 0);
}

/* Runs on spare_stack, so that the program's own stack may go. */
static void become_stub(void) {
  uint64_t vdso = 0;
  struct range data = find_vdso(&vdso);
  if (vdso != 0) must(move_vdso(data, vdso, vdso_target) == 0, 89);
  map_window();
  struct slot *slot = (struct slot *)(STUB_SLOTS + FIRST_SLOT * CHUNK);
  uint64_t length = vdso != 0 ? data.end - data.start : 0;
  slot->args[0] = vdso_target;
  slot->args[1] = vdso != 0 ? vdso_target + (vdso - data.start) : 0;
  slot->args[2] = vdso_target + length;

  must(dup2(DOORBELL, FD_DOORBELL) >= 0 && dup2(STUB_CONTROL, FD_CONTROL) >= 0, 90);
  must(syscall(SYS_close_range, 0, 2, 0) == 0 && syscall(SYS_close_range, FD_CONTROL + 1, ~0u, 0) == 0, 91);
  struct rlimit none = {0, 0};
  must(setrlimit(RLIMIT_CORE, &none) == 0, 92);
  take_signals();

  /* The filter and the plan must outlive the unmapping: they go to the top of the stub's stack. */
  static struct program program;
  build_filter(&program);
  uint64_t top = STUB_STACKS + (FIRST_SLOT + 1) * CHUNK;
  struct sock_filter *code = (struct sock_filter *)(top - sizeof program.code);
  memcpy(code, program.code, sizeof program.code);
  struct enter_plan *plan = (struct enter_plan *)((uint64_t)code - 512);
  memset(plan, 0, sizeof *plan);
  plan->program.count = (uint16_t)program.length;
  plan->program.filter = (uint64_t)code;
  plan->holes[0].start = 0;
  plan->holes[0].end = vdso_target;
  plan->holes[1].start = vdso_target + length;
  plan->holes[1].end = STUB_BASE;
  plan->hole_count = 2;
  /* No restartable sequences or robust futexes of this program's libc may stay registered: the
   * first is kept away by a tunable in our environment, the second is dropped by clone(). */
  sigset_t none_blocked;
  sigemptyset(&none_blocked);
  sigprocmask(SIG_SETMASK, &none_blocked, NULL);
  __asm__ volatile("mov %0, %%rsp\n\tmov %1, %%rdi\n\txor %%ebp, %%ebp\n\tcall *%2\n\tud2" ::"r"(
                       ((uint64_t)plan - 64) & ~15ull),
                   "r"(plan), "r"(stub_blob[ENTRY_ENTER])
                   : "memory", "rdi");
}

static void start_template(pid_t warden) {
  must(setpgid(0, 0) == 0, 93);
  must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == warden, 94);
  __asm__ volatile("mov %0, %%rsp\n\txor %%ebp, %%ebp\n\tcall *%1\n\tud2" ::"r"(
                       ((uint64_t)spare_stack + sizeof spare_stack - 64) & ~15ull),
                   "r"(become_stub)
                   : "memory");
}

/* The kernel is gone, or asks for the end: nothing may outlive this. */
static void end_all(pid_t group) {
  kill(-group, SIGKILL);
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) kill(-group, SIGKILL);
  _exit(0);
}

int main(int argc, char **argv) {
  must(argc == 2, 95);
  vdso_target = strtoull(argv[1], NULL, 16);
  setsid();
  pid_t warden = getpid();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  pid_t template = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  must(template >= 0, 96);
  if (template == 0) start_template(warden);
  setpgid(template, template); /* also done by the child: whoever is first */
  syscall(SYS_close_range, DOORBELL, ~0u, 0);
  /* The message that names the group also says that the warden lives. */
  must(write(CONTROL, &template, sizeof template) == sizeof template, 97);
  for (;;) {
    /* One message: the pid of a stub whose death the kernel has seen, and has no more use for. */
    int32_t pid;
    ssize_t n = read(CONTROL, &pid, sizeof pid);
    if (n < 0 && errno == EINTR) continue;
    if (n != sizeof pid) end_all(template);
    int status;
    int32_t answer[2] = {pid, 0};
    if (waitpid(pid, &status, WNOHANG) == pid) answer[1] = status;
    (void)!write(CONTROL, answer, sizeof answer);
  }
}
