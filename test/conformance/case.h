/*
 * case.h: what every conformance case shares.
 *
 * A case is one C program that prints what it observes. It is run on Linux and on the kernel under test, and both must
 * print the same lines and exit alike. So a case prints relations and names ("child is reaped: yes", "ENOENT"), never
 * pids, addresses, times or inode numbers.
 *
 *   say(format, ...)      one line of output, written at once (nothing is buffered, so fork and _exit are harmless)
 *   show(name, result)    the result of a call: "name: 3" or "name: -1 EBADF"; returns the result
 *   show_ok(name, result) the same, but success prints "ok": for descriptors, pids and addresses
 *   check(name, fact)     "name: yes" or "name: no"
 *   text(name, p, n)      n bytes, quoted
 *   must(what, result)    a step that only prepares the ground; ends the case when it fails
 *   spawn() / reap()      fork with a watchdog / wait and tell how the child ended
 *   gate_*()              one process or thread waits until another opens the gate
 *   tick_start()          a helper process that signals us every few milliseconds, for EINTR cases
 *
 * Include it first: it chooses the feature macros. A constructor arms a watchdog, so a hang ends as SIGALRM.
 */
#ifndef CASE_H
#define CASE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#undef _FORTIFY_SOURCE /* we pass wrong arguments on purpose; the kernel shall refuse them, not the C library */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WATCHDOG_SECONDS 20
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** Arm the watchdog, and undo what a shell or nohup(1) in front of us may have left: ignored signals and the umask. */
__attribute__((constructor)) static void settle(void) {
  static const int often_ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU };
  alarm(WATCHDOG_SECONDS);
  umask(022);
  for (size_t i = 0; i < COUNT(often_ignored); i++) signal(often_ignored[i], SIG_DFL);
}

/* --- Output ------------------------------------------------------------------------------------------------------- */

/** Print one line to standard output in a single write. The newline is added. Keeps errno. */
__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...) {
  char line[2048];
  int saved = errno;
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  for (int done = 0; done < length;) {
    ssize_t written = write(STDOUT_FILENO, line + done, length - done);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) done += written;
  }
  errno = saved;
}

static inline const char *errno_name(int number) {
#define E(name) { name, #name }
  static const struct { int number; const char *name; } table[] = {
    E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(ENOEXEC), E(EBADF), E(ECHILD), E(EAGAIN),
    E(ENOMEM), E(EACCES), E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV), E(ENOTDIR), E(EISDIR),
    E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY), E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK),
    E(EPIPE), E(EDOM), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOLCK), E(ENOSYS), E(ENOTEMPTY), E(ELOOP),
    E(ENOMSG), E(EIDRM), E(ENOSTR), E(ENODATA), E(ETIME), E(ENOLINK), E(EPROTO), E(EBADMSG), E(EOVERFLOW), E(EBADFD),
    E(EILSEQ), E(EUSERS), E(ENOTSOCK), E(EDESTADDRREQ), E(EMSGSIZE), E(EPROTOTYPE), E(ENOPROTOOPT),
    E(EPROTONOSUPPORT), E(ESOCKTNOSUPPORT), E(EOPNOTSUPP), E(EPFNOSUPPORT), E(EAFNOSUPPORT), E(EADDRINUSE),
    E(EADDRNOTAVAIL), E(ENETDOWN), E(ENETUNREACH), E(ENETRESET), E(ECONNABORTED), E(ECONNRESET), E(ENOBUFS),
    E(EISCONN), E(ENOTCONN), E(ESHUTDOWN), E(ETOOMANYREFS), E(ETIMEDOUT), E(ECONNREFUSED), E(EHOSTDOWN),
    E(EHOSTUNREACH), E(EALREADY), E(EINPROGRESS), E(ESTALE), E(EDQUOT), E(ECANCELED), E(ENOKEY), E(EKEYEXPIRED),
    E(EOWNERDEAD), E(ENOTRECOVERABLE),
  };
#undef E
  for (size_t i = 0; i < COUNT(table); i++)
    if (table[i].number == number) return table[i].name;
  return "E?";
}

static inline const char *signal_name(int number) {
#define S(name) [name] = #name
  static const char *const names[32] = {
    S(SIGHUP), S(SIGINT), S(SIGQUIT), S(SIGILL), S(SIGTRAP), S(SIGABRT), S(SIGBUS), S(SIGFPE), S(SIGKILL), S(SIGUSR1),
    S(SIGSEGV), S(SIGUSR2), S(SIGPIPE), S(SIGALRM), S(SIGTERM), S(SIGSTKFLT), S(SIGCHLD), S(SIGCONT), S(SIGSTOP),
    S(SIGTSTP), S(SIGTTIN), S(SIGTTOU), S(SIGURG), S(SIGXCPU), S(SIGXFSZ), S(SIGVTALRM), S(SIGPROF), S(SIGWINCH),
    S(SIGIO), S(SIGPWR), S(SIGSYS),
  };
#undef S
  static char realtime[32];
  if (number > 0 && number < 32 && names[number]) return names[number];
  if (number >= SIGRTMIN && number <= SIGRTMAX) {
    snprintf(realtime, sizeof realtime, "SIGRTMIN+%d", number - SIGRTMIN);
    return realtime;
  }
  return number == 0 ? "none" : "SIG?";
}

static inline long show(const char *name, long result) {
  if (result == -1) say("%s: -1 %s", name, errno_name(errno));
  else say("%s: %ld", name, result);
  return result;
}

static inline long show_ok(const char *name, long result) {
  if (result == -1) say("%s: -1 %s", name, errno_name(errno));
  else say("%s: ok", name);
  return result;
}

/** For pthread_* and friends, which return the error instead of setting errno. */
static inline int show_error(const char *name, int error) {
  say("%s: %s", name, error ? errno_name(error) : "ok");
  return error;
}

static inline void check(const char *name, int fact) { say("%s: %s", name, fact ? "yes" : "no"); }

/** Print bytes in quotes; what is not printable ASCII appears as \xHH. */
static inline void text(const char *name, const void *bytes, ssize_t count) {
  char quoted[1200];
  size_t at = 0;
  if (count < 0) { show(name, -1); return; }
  for (ssize_t i = 0; i < count && at < sizeof quoted - 8; i++) {
    unsigned char byte = ((const unsigned char *)bytes)[i];
    if (byte == '\n') at += sprintf(quoted + at, "\\n");
    else if (byte < 32 || byte > 126) at += sprintf(quoted + at, "\\x%02x", byte);
    else quoted[at++] = byte;
  }
  quoted[at] = 0;
  say("%s: \"%s\"", name, quoted);
}

/** A step that is not what the case is about. */
static inline long must(const char *what, long result) {
  if (result == -1) {
    say("cannot prepare: %s: %s", what, errno_name(errno));
    _exit(99);
  }
  return result;
}

/* --- Processes ---------------------------------------------------------------------------------------------------- */

/** fork(), with a watchdog in the child as well (timers are not inherited). */
static inline pid_t spawn(void) {
  pid_t child = must("fork", fork());
  if (child == 0) alarm(WATCHDOG_SECONDS);
  return child;
}

static inline void show_status(const char *name, int status) {
  if (WIFEXITED(status)) say("%s: exit %d", name, WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) say("%s: killed by %s", name, signal_name(WTERMSIG(status)));
  else if (WIFSTOPPED(status)) say("%s: stopped by %s", name, signal_name(WSTOPSIG(status)));
  else if (WIFCONTINUED(status)) say("%s: continued", name);
  else say("%s: status %#x", name, status);
}

/** Change a soft limit and keep the hard one, which only privilege could raise again. */
static inline void soft_limit(int resource, rlim_t value) {
  struct rlimit limit;
  must("getrlimit", getrlimit(resource, &limit));
  limit.rlim_cur = value;
  must("setrlimit", setrlimit(resource, &limit));
}

/** Wait for a child and tell how it ended. */
static inline int reap(const char *name, pid_t child) {
  int status = 0;
  pid_t got;
  do got = waitpid(child, &status, 0);
  while (got == -1 && errno == EINTR);
  if (got != child) { show(name, got); return -1; }
  show_status(name, status);
  return status;
}

/** Return once the thread sleeps in the kernel (state S twice in a row in /proc/TID/stat), or has ended. */
static inline void until_asleep(pid_t tid) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%d/stat", tid);
  for (int seen = 0; seen < 2;) {
    int fd = must("open stat", open(path, O_RDONLY));
    ssize_t length = must("read stat", read(fd, line, sizeof line - 1));
    close(fd);
    line[length] = 0;
    char *end = strrchr(line, ')');
    if (end && end[2] == 'Z') break;
    seen = end && end[2] == 'S' ? seen + 1 : 0;
    nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
  }
}

/* --- Order without clocks ----------------------------------------------------------------------------------------- */

struct gate { int ends[2]; };

static inline struct gate gate_make(void) {
  struct gate gate;
  must("pipe", pipe(gate.ends));
  return gate;
}

static inline void gate_open(struct gate gate) { must("open gate", write(gate.ends[1], "g", 1)); }

static inline void gate_wait(struct gate gate) {
  char byte;
  ssize_t got;
  do got = read(gate.ends[0], &byte, 1);
  while (got == -1 && errno == EINTR);
  if (got != 1) { say("cannot prepare: gate broken"); _exit(99); }
}

/* --- Signals ------------------------------------------------------------------------------------------------------ */

static inline void on_signal(int number, void (*handler)(int), int flags) {
  struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
  must("sigaction", sigaction(number, &action, NULL));
}

static inline void on_siginfo(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = { .sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO };
  must("sigaction", sigaction(number, &action, NULL));
}

static inline sigset_t set_of(int number) {
  sigset_t set;
  sigemptyset(&set);
  if (number) sigaddset(&set, number);
  return set;
}

/** Start a process that sends us the signal every 3 ms. A call that came too early to be interrupted meets the next. */
static inline pid_t tick_start(int number) {
  pid_t target = getpid();
  pid_t ticker = spawn();
  if (ticker) return ticker;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (getppid() == target) {
    nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
    kill(target, number);
  }
  _exit(0);
}

static inline void tick_stop(pid_t ticker) {
  kill(ticker, SIGKILL);
  while (waitpid(ticker, NULL, 0) == -1 && errno == EINTR) {}
}

/* --- Files and memory --------------------------------------------------------------------------------------------- */

static inline void make_file(const char *path, const char *content) {
  int fd = must(path, open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644));
  must(path, write(fd, content, strlen(content)));
  close(fd);
}

/** Write text to a file that exists, as those of /proc and cgroups want it: 0 or -1. */
static inline int write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY);
  if (fd < 0) return -1;
  int rc = write(fd, text, strlen(text)) < 0 ? -1 : 0;
  int error = errno;
  close(fd);
  errno = error;
  return rc;
}

/** Read a whole small file as a string; "" when it cannot be opened. */
static inline char *slurp(const char *path, char *buffer, size_t size) {
  size_t used = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  while (fd >= 0 && used < size - 1) {
    ssize_t got = read(fd, buffer + used, size - 1 - used);
    if (got <= 0) break;
    used += got;
  }
  if (fd >= 0) close(fd);
  buffer[used] = 0;
  return buffer;
}

/** Keep the compiler from knowing a value. */
static inline long hidden(long value) {
  __asm__ volatile("" : "+r"(value));
  return value;
}

/** An address that faults on every access. */
static inline void *bad_pointer(void) {
  static void *page;
  if (!page) page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return (void *)hidden((long)page);
}

static inline int64_t now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline void sleep_ms(int ms) { nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL); }

#endif
