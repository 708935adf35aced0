/* process: a process that dies of a fault leaves its memory in a file, if its limits let it.
 *
 * core(5), wait(2), prctl(2) PR_SET_DUMPABLE, elf(5).
 */
// flags: -pthread
#include "case.h"

#include <elf.h>
#include <pthread.h>
#include <sys/procfs.h>

static volatile char treasure[] = "a treasure in the data";
static pthread_barrier_t barrier;

static void *wait_for_ever(void *argument) {
  (void)argument;
  pthread_barrier_wait(&barrier);
  for (;;) pause();
  return NULL;
}

static void *run_for_ever(void *argument) {
  (void)argument;
  pthread_barrier_wait(&barrier);
  for (;;) {}
  return NULL;
}

static char *read_all(const char *path, size_t *size) {
  struct stat status;
  int fd = open(path, O_RDONLY);
  if (fd < 0) return NULL;
  must("fstat", fstat(fd, &status));
  char *bytes = mmap(NULL, *size = status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  return bytes == MAP_FAILED ? NULL : bytes;
}

/** What a core file says. */
static void show_core(const char *name, const char *path, const void *address) {
  size_t size;
  char *core = read_all(path, &size);
  if (!core) { show(name, -1); return; }
  Elf64_Ehdr *header = (Elf64_Ehdr *)core;
  check("an ELF core", !memcmp(header->e_ident, ELFMAG, SELFMAG) && header->e_type == ET_CORE && header->e_machine == EM_X86_64);
  Elf64_Phdr *segments = (Elf64_Phdr *)(core + header->e_phoff);
  int threads = 0, has_file = 0, has_auxv = 0, has_siginfo = 0, fps = 0;
  for (int i = 0; i < header->e_phnum; i++) {
    if (segments[i].p_type == PT_LOAD && (char *)address >= (char *)segments[i].p_vaddr && (char *)address < (char *)segments[i].p_vaddr + segments[i].p_filesz)
      say("memory: %s", core + segments[i].p_offset + ((char *)address - (char *)segments[i].p_vaddr));
    if (segments[i].p_type != PT_NOTE) continue;
    for (char *at = core + segments[i].p_offset, *end = at + segments[i].p_filesz; at < end;) {
      Elf64_Nhdr *note = (Elf64_Nhdr *)at;
      char *data = at + sizeof *note + ((note->n_namesz + 3) & ~3);
      at = data + ((note->n_descsz + 3) & ~3);
      struct elf_prstatus *status = (void *)data;
      struct elf_prpsinfo *process = (void *)data;
      if (note->n_type == NT_PRSTATUS && threads++ == 0) {
        say("first thread: %s", signal_name(status->pr_cursig));
        check("with its stack pointer", status->pr_reg[19] > 4096);
        check("with its thread pointer", status->pr_reg[21] != 0);
      }
      if (note->n_type == NT_PRPSINFO) say("uid %u, size %d", process->pr_uid, note->n_descsz);
      has_file |= note->n_type == NT_FILE;
      has_auxv |= note->n_type == NT_AUXV && note->n_descsz > 100;
      if (note->n_type == NT_SIGINFO) has_siginfo = ((siginfo_t *)data)->si_signo;
      if (note->n_type == NT_FPREGSET && note->n_descsz == 512) fps++;
    }
  }
  say("threads %d, with floating point %d, files %d, auxv %d, signal %s", threads, fps, has_file, has_auxv, signal_name(has_siginfo));
  munmap(core, size);
}

static void show_end(const char *name, pid_t child) {
  siginfo_t info;
  int status;
  must("waitid", waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  must("waitpid", waitpid(child, &status, 0));
  say("%s: %s, core %d, code %s", name, WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) : "no signal", !!WCOREDUMP(status), info.si_code == CLD_DUMPED ? "CLD_DUMPED" : info.si_code == CLD_KILLED ? "CLD_KILLED" : "other");
}

static void limit(rlim_t bytes) {
  struct rlimit now;
  must("getrlimit", getrlimit(RLIMIT_CORE, &now));
  now.rlim_cur = bytes;
  must("setrlimit", setrlimit(RLIMIT_CORE, &now));
}

int main(void) {
  char pattern[256], uses[16];
  slurp("/proc/sys/kernel/core_pattern", pattern, sizeof pattern);
  slurp("/proc/sys/kernel/core_uses_pid", uses, sizeof uses);
  if (strcmp(pattern, "core\n") || strcmp(uses, "0\n")) { say("another pattern here"); return 0; }
  must("mkdir", mkdir("in", 0755));
  must("chdir", chdir("in"));
  limit(0);
  pid_t child = spawn();
  if (child == 0) abort();
  show_end("without a limit", child);
  check("no file", access("core", F_OK) < 0);
  limit(RLIM_INFINITY);
  child = spawn();
  if (child == 0) {
    *(volatile int *)bad_pointer() = 1;
    _exit(0);
  }
  show_end("a fault", child);
  struct stat status;
  must("stat", stat("core", &status));
  say("mode %o", status.st_mode & 0777);
  show_core("core", "core", (void *)treasure);

  child = spawn();
  if (child == 0) {
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 3);
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    pthread_create(&thread, NULL, run_for_ever, NULL);
    pthread_barrier_wait(&barrier);
    char *heap = mmap((void *)0x10000000000, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    strcpy(heap + 100000, "deep in the heap");
    abort();
  }
  show_end("one of three threads", child);
  show_core("core", "core", (void *)(0x10000000000 + 100000));

  child = spawn();
  if (child == 0) for (;;) pause();
  until_asleep(child);
  kill(child, SIGQUIT);
  show_end("sent from outside", child);
  unlink("core");
  child = spawn();
  if (child == 0) {
    kill(getpid(), SIGTERM);
    _exit(0);
  }
  show_end("a signal without core", child);
  child = spawn();
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 0);
    abort();
  }
  show_end("not dumpable", child);
  check("no file", access("core", F_OK) < 0);
  must("link", symlink("elsewhere", "core"));
  child = spawn();
  if (child == 0) abort();
  show_end("a link in the way", child);
  unlink("core");
  must("mkdir", mkdir("core", 0755));
  child = spawn();
  if (child == 0) abort();
  show_end("a directory in the way", child);
  rmdir("core");
  make_file("core", "old");
  must("link", link("core", "second"));
  child = spawn();
  if (child == 0) abort();
  show_end("a file of two names", child);
  unlink("second");
  child = spawn();
  if (child == 0) {
    limit(8192);
    abort();
  }
  show_end("a small limit", child);
  must("stat", stat("core", &status));
  check("is kept", status.st_size <= 8192);
  return 0;
}
