/*
 * process: what the kernel process is to the host.
 *   - spawn(): start another program, as the warden before the kernel process locks itself down;
 *   - catchSignals(): turn chosen signals of this process into bytes on a pipe;
 *   - cpus(): where it may run;
 *   - exit(): its end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway.h"

/* Descriptors of a new program, and where they wait until they have their places. */
enum { MOST_DESCRIPTORS = 16, PARKED_FROM = 200 };

/* A list of strings from JavaScript, NULL at its end; one block of memory, for free(). Byte strings, as everywhere. */
static char **strings_of(napi_env env, napi_value list) {
  uint32_t count = 0;
  napi_get_array_length(env, list, &count);
  size_t bytes = 0, length;
  napi_value item;
  for (uint32_t i = 0; i < count; i++) {
    napi_get_element(env, list, i, &item);
    napi_get_value_string_latin1(env, item, NULL, 0, &length);
    bytes += length + 1;
  }
  char **block = malloc((count + 1) * sizeof *block + bytes);
  if (block == NULL) return NULL;
  char *text = (char *)(block + count + 1);
  for (uint32_t i = 0; i < count; i++) {
    napi_get_element(env, list, i, &item);
    napi_get_value_string_latin1(env, item, text, bytes, &length);
    block[i] = text;
    text += length + 1;
    bytes -= length + 1;
  }
  block[count] = NULL;
  return block;
}

struct program {
  char **words; /* its path, and its arguments from the 0th on */
  char **environment;
  const char *directory;
  int leads_session;
  uint32_t count;
  int descriptors[MOST_DESCRIPTORS];
};

/* In the child of a vfork, whose stack and memory are its parent's: plain system calls only. */
static int become(const struct program *p) {
  sigset_t none;
  sigemptyset(&none);
  for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
  if (p->leads_session) setsid();
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return errno;
  /* First out of the way of each other's places. */
  int parked[MOST_DESCRIPTORS];
  for (uint32_t i = 0; i < p->count; i++) {
    parked[i] = fcntl(p->descriptors[i] < 0 ? null : p->descriptors[i], F_DUPFD, PARKED_FROM);
    if (parked[i] < 0) return errno;
  }
  for (uint32_t i = 0; i < p->count; i++)
    if (dup2(parked[i], (int)i) < 0) return errno;
  syscall(SYS_close_range, p->count, ~0u, 0);
  if (chdir(p->directory) != 0) return errno;
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(p->words[0], p->words + 1, p->environment);
  return errno;
}

/* vfork: a copy of Node's page tables would cost a millisecond. Signals stay blocked until the child has no
 * handlers any more. */
static long start(const struct program *p) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  volatile int refused = 0;
  pid_t pid = vfork();
  if (pid == 0) {
    refused = become(p);
    _exit(127);
  }
  long rc = result(pid);
  if (pid > 0 && refused != 0) {
    waitpid(pid, NULL, 0);
    rc = -refused;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return rc;
}

/*
 * spawn([path, argv0, argument …], [variable …], directory, [descriptor …], leadsSession): run a program
 * with these descriptors as its 0, 1, 2 … (-1: /dev/null) and nothing else open. Its pid, or -errno.
 */
napi_value gw_spawn(napi_env env, napi_callback_info info) {
  size_t argc = 5, length;
  napi_value argv[5];
  char directory[PATH_MAX];
  struct program p = {.directory = directory};
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_get_value_string_latin1(env, argv[2], directory, sizeof directory, &length);
  napi_get_array_length(env, argv[3], &p.count);
  p.leads_session = (int)arg_int(env, argv[4]);
  if (p.count > MOST_DESCRIPTORS) return number(env, -EMFILE);
  for (uint32_t i = 0; i < p.count; i++) {
    napi_value item;
    napi_get_element(env, argv[3], i, &item);
    p.descriptors[i] = (int)arg_int(env, item);
  }
  p.words = strings_of(env, argv[0]);
  p.environment = strings_of(env, argv[1]);
  long rc = p.words == NULL || p.environment == NULL ? -ENOMEM : start(&p);
  free(p.words);
  free(p.environment);
  return number(env, (double)rc);
}

static int signal_pipe = -1;

static void on_signal(int number) {
  int saved = errno;
  uint8_t byte = (uint8_t)number;
  (void)!write(signal_pipe, &byte, 1);
  errno = saved;
}

/* catchSignals(fd, [signal, …]): write each arriving signal's number as one byte to fd. */
napi_value gw_catch_signals(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  uint32_t count = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  signal_pipe = (int)arg_int(env, argv[0]);
  napi_get_array_length(env, argv[1], &count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    napi_get_element(env, argv[1], i, &item);
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction((int)arg_int(env, item), &action, NULL);
  }
  return NULL;
}

/* cpus(): the numbers of the processors that this process may run on. */
napi_value gw_cpus(napi_env env, napi_callback_info info) {
  (void)info;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) CPU_SET(0, &set);
  napi_value list;
  uint32_t count = 0;
  napi_create_array(env, &list);
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &set)) napi_set_element(env, list, count++, small(env, cpu));
  return list;
}

/* exit(code): end the process at once, without Node's teardown. */
napi_value gw_exit(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  syscall(SYS_exit_group, arg_int(env, argv[0]));
  return NULL;
}
