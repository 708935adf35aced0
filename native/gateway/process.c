/*
 * process: what the kernel process is to the host.
 *   - spawn(): start the warden process (vfork-like, before the kernel process locks itself down);
 *   - catchSignals(): turn chosen signals of this process into bytes on a pipe;
 *   - cpus(): where it may run;
 *   - exit(): its end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway.h"

/*
 * spawn(path, [descriptor, …]): run `path` with those descriptors as 3, 4, 5 … and nothing else
 * open but 0-2 on /dev/null. Returns the pid or -errno.
 */
napi_value gw_spawn(napi_env env, napi_callback_info info) {
  enum { MOST = 16, PARKED_FROM = 200 };
  size_t argc = 3;
  napi_value argv[3];
  char path[4096], arg[256];
  size_t length;
  uint32_t count = 0;
  int from[MOST];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_get_value_string_latin1(env, argv[0], path, sizeof path, &length);
  napi_get_array_length(env, argv[1], &count);
  napi_get_value_string_latin1(env, argv[2], arg, sizeof arg, &length);
  if (count > MOST) count = MOST;
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    napi_get_element(env, argv[1], i, &item);
    from[i] = (int)arg_int(env, item);
  }
  /* vfork: a copy of Node's page tables would cost a millisecond. The child borrows this stack, so
   * it makes plain system calls only, and signals stay blocked until their handlers are gone. */
  sigset_t all, before, none;
  sigfillset(&all);
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int parked[MOST];
  pid_t pid = vfork();
  if (pid == 0) {
    for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
    for (uint32_t i = 0; i < count; i++) {
      parked[i] = fcntl(from[i], F_DUPFD, PARKED_FROM);
      if (parked[i] < 0) _exit(126);
    }
    int null = open("/dev/null", O_RDWR);
    if (null < 0) _exit(126);
    for (int i = 0; i < 3; i++) dup2(null, i);
    for (uint32_t i = 0; i < count; i++)
      if (dup2(parked[i], 3 + (int)i) < 0) _exit(126);
    syscall(SYS_close_range, 3 + count, ~0u, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *const args[] = {path, arg, NULL};
    /* The warden's memory becomes the guest's: its libc must not leave a restartable-sequence area
     * registered, which the host would write to after it is unmapped. */
    char *const environment[] = {"GLIBC_TUNABLES=glibc.pthread.rseq=0", NULL};
    execve(path, args, environment);
    _exit(127);
  }
  long rc = result(pid);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
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
