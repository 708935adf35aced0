/*
 * warden: the small process between the kernel and the stubs.
 *
 * The kernel starts it with descriptors 3 = control socket, 4 = doorbell, 5 = the first stub's
 * control socket, 6 = its slot memory, 7 = the kernel page (read-only), and one argument: the guest's
 * vDSO address, whether namespaces are wanted, and the user that stubs shall be (0: the same).
 * It enters namespaces of its own and an empty root where the host lets it, says in one message what
 * it got, starts the first stub (the template of all others), and then only
 *   - is the parent of every stub and reaps those that have ended, when the kernel says so;
 *   - kills all of them, through their process group, which no stub can leave, when the kernel dies.
 *     As pid 1 of its own pid namespace it need not even do that: nothing in there outlives it.
 * It never runs guest code and has no power that the kernel has not.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
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
enum { ENTRY_SIGNAL, ENTRY_RESTORER, ENTRY_ENTER, ENTRY_CALL };

/* More threads and processes than any sandbox has use for; fewer than a host has room for. */
enum { MOST_TASKS = 16384 };

static uint64_t vdso_target;
static uint64_t host_vdso;
static struct range { uint64_t start, end; } host_data;
static uid_t stub_user;
/* What this host granted; the kernel's words for it are in src/platform/stub/warden.ts. */
static struct { int32_t pid, namespaces, empty_root, user; } granted;
static char spare_stack[65536] __attribute__((aligned(16)));

/* Exit codes 80…99 name the step that failed; the kernel turns them into words. */
static void must(int ok, int code) {
  if (!ok) _exit(code);
}

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
  /* The stub's own copies of guest memory may fault: those two signals stay open in its handler. */
  action.flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | 0x04000000u /* SA_RESTORER */;
  action.restorer = stub_blob[ENTRY_RESTORER];
  action.mask = ~(1ull << (SIGSEGV - 1) | 1ull << (SIGBUS - 1));
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
  must(mmap((void *)STUB_PAGE, KERNEL_PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, PAGE, 0) != MAP_FAILED, 85);
  must(mmap((void *)STUB_SLOTS, SLOTS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, STUB_MEMORY,
            0) != MAP_FAILED, 86);
  must(madvise((void *)STUB_SLOTS, SLOTS_SIZE, MADV_DONTFORK) == 0, 87);
  must(mmap((void *)STUB_STACKS, SLOTS_SIZE, PROT_READ | PROT_WRITE, fixed | MAP_NORESERVE, -1, 0) !=
           MAP_FAILED, 88);
  syscall(462 /* mseal, Linux 6.10 */, STUB_TEXT, STUB_TEXT_SIZE, 0);
}

/* Runs on spare_stack, so that the program's own stack may go. */
static void become_stub(void) {
  uint64_t vdso = host_vdso;
  struct range data = host_data;
  if (vdso != 0) must(move_vdso(data, vdso, vdso_target) == 0, 89);
  map_window();
  struct slot *slot = (struct slot *)(STUB_SLOTS + FIRST_SLOT * CHUNK);
  uint64_t length = vdso != 0 ? data.end - data.start : 0;
  slot->args[0] = vdso_target;
  slot->args[1] = vdso != 0 ? vdso_target + (vdso - data.start) : 0;
  slot->args[2] = vdso_target + length;
  /* Where patched sites jump to; 0 where the host does not let a thread read its GS base. */
  slot->args[3] = getauxval(AT_HWCAP2) & 2 /* FSGSBASE */ ? stub_blob[ENTRY_CALL] : 0;
  if (slot->args[3] != 0)
    must(syscall(SYS_arch_prctl, 0x1001 /* ARCH_SET_GS */, (unsigned long)slot) == 0, 102);

  must(dup2(DOORBELL, FD_DOORBELL) >= 0 && dup2(STUB_CONTROL, FD_CONTROL) >= 0, 90);
  /* What a stub receives must land above the two, where a forked child closes it: so 0-2 are taken, by
   * something that it has anyhow. */
  for (int i = 0; i < FD_DOORBELL; i++) must(dup2(FD_DOORBELL, i) == i, 91);
  must(syscall(SYS_close_range, FD_CONTROL + 1, ~0u, 0) == 0, 91);
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

/* Keep of all capabilities those in `kept` (numbers below 32). */
static int keep_capabilities(uint32_t kept) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &header, data) != 0) return -1;
  data[0].effective = data[0].permitted &= kept;
  data[1].effective = data[1].permitted = 0;
  data[0].inheritable = data[1].inheritable = 0;
  return (int)syscall(SYS_capset, &header, data);
}

/* A stub is nobody: no capability, and where there is a choice, a user that owns nothing. */
static void become_nobody(void) {
  struct rlimit tasks;
  must(getrlimit(RLIMIT_NPROC, &tasks) == 0, 98);
  if (stub_user != 0 || granted.namespaces == 2) {
    /* Counted for this user, or this user namespace, alone. */
    if (tasks.rlim_cur > MOST_TASKS) tasks.rlim_cur = MOST_TASKS;
    if (tasks.rlim_max > MOST_TASKS) tasks.rlim_max = MOST_TASKS;
    must(setrlimit(RLIMIT_NPROC, &tasks) == 0, 98);
  }
  if (stub_user != 0)
    must(setgroups(0, NULL) == 0 && setresgid(stub_user, stub_user, stub_user) == 0 &&
             setresuid(stub_user, stub_user, stub_user) == 0, 99);
  must(keep_capabilities(0) == 0, 100);
  /* A change of user makes a process undumpable, and then the kernel could not open its memory. */
  must(prctl(PR_SET_DUMPABLE, 1) == 0 && prctl(PR_SET_NAME, "tvisor-stub") == 0, 101);
}

static void start_template(pid_t warden) {
  must(setpgid(0, 0) == 0, 93);
  become_nobody();
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

/* Whoever has CLONE_FS with us can move our root: a child goes into a directory of its own in /proc and
 * dies, and then the directory is empty, and nobody can ever make anything in it. */
static int enter_empty_root(void) {
  pid_t child = (pid_t)syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(chroot("/proc/self/fdinfo") == 0 && chdir("/") == 0 ? 0 : 1);
  int status = 1;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  /* The directory of a process that is gone refuses even to be searched, since Linux 5.14 with ESRCH. */
  return child > 0 && status == 0 && access("/0", F_OK) != 0 && access("/proc", F_OK) != 0;
}

/* In namespaces of its own goes on only a child of the kernel's, as pid 1; this process ends. Root needs
 * no user namespace; who else is in one is everything in there and nobody outside. */
static void enter_namespaces(void) {
  const unsigned long all = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  for (int i = 1; i <= 2; i++) {
    unsigned long flags = all | (i == 2 ? CLONE_NEWUSER : 0) | CLONE_PARENT | SIGCHLD;
    long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (pid > 0) _exit(0);
    if (pid < 0) continue;
    granted.namespaces = i;
    return;
  }
}

int main(int argc, char **argv) {
  unsigned long vdso;
  int wants_namespaces;
  must(argc == 2 && sscanf(argv[1], "%lx,%d,%u", &vdso, &wants_namespaces, &stub_user) == 3, 95);
  vdso_target = vdso;
  host_data = find_vdso(&host_vdso);
  if (wants_namespaces) enter_namespaces();
  granted.empty_root = enter_empty_root();
  granted.user = (int32_t)stub_user;
  setsid();
  pid_t warden = granted.pid = getpid();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  /* The message says who sends it, in the kernel's numbers, and that the warden lives. */
  must(write(CONTROL, &granted, sizeof granted) == sizeof granted, 97);
  pid_t template = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  must(template >= 0, 96);
  if (template == 0) start_template(warden);
  setpgid(template, template); /* also done by the child: whoever is first */
  syscall(SYS_close_range, DOORBELL, ~0u, 0);
  keep_capabilities(1u << CAP_KILL);
  for (;;) {
    /* A message means: the kernel has time, reap whoever ended. Waking for each death would cost a
     * guest its processor. Its end is ours. */
    char byte;
    ssize_t n = read(CONTROL, &byte, sizeof byte);
    if (n < 0 && errno == EINTR) continue;
    if (n != sizeof byte) end_all(template);
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
  }
}
