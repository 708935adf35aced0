/*
 * front: what an engine asks of a container most, without starting Node, which costs 40 ms:
 *   start, kill, delete   of a container with a sandbox of its own and no hooks in the way;
 *   create                by Node, with its sandbox process started early.
 * Everything else, and whatever is not plain, is done by Node: the front execs it as if it had not been
 * there. A command that fails is asked of Node again, which says why; but one that the sandbox has not answered.
 *
 * Called by bin/tvisor: front NODE OPTION… PROGRAM -- WORD…
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "front.h"

enum { PATIENCE_MS = 10000, GROUP_TRIES = 50, GROUP_NAP_MS = 10 };
#define DEFAULT_ROOT "/run/tvisor"

int is_option(const char *word, const char *name) {
  if (*word++ != '-') return 0;
  if (*word == '-') word++;
  return strcmp(word, name) == 0;
}

/* --- start, kill --------------------------------------------------------------------------------- */

/* A sandbox that is asked again would do again what it has yet to do: so this failure is told here. */
static int tell_silence(const struct options *options, const char *id) {
  static const char *const told = "the sandbox of %s does not answer; `tvisor delete --force` ends it";
  char message[2048], now[32];
  time_t seconds = time(NULL);
  snprintf(message, sizeof message, told, id);
  strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));
  fprintf(stderr, "%s\n", message);
  FILE *log = options->log == NULL ? NULL : fopen(options->log, "ae");
  if (log == NULL) return 1;
  fprintf(log, options->logs_json ? "{\"level\":\"error\",\"msg\":\"%s\",\"time\":\"%s\"}\n"
                                  : "level=error msg=\"%s\" time=\"%s\"\n",
          message, now);
  fclose(log);
  return 1;
}

/* The exit status of a request. An answer that says more than that it was done is Node's to read. */
static int order(const struct container *c, const char *request, const struct options *options) {
  static const char *const members[] = {"status", "pid", NULL};
  char answer[4096];
  int length = container_ask(c, request, answer, sizeof answer);
  if (length == SILENT) return tell_silence(options, c->id);
  return length > 0 && json_knows((struct span){answer, answer + length}, members) ? 0 : UNKNOWN;
}

static int start(const struct options *options, char **words) {
  static const char *const done_by_others[] = {"prestart", "createRuntime", "createContainer",
                                               "poststop", NULL};
  struct container c;
  char request[2048];
  if (words[0] == NULL || words[1] != NULL || container_find(&c, options->root, words[0]) != 0) return UNKNOWN;
  if (container_lock(&c) != 0 || container_read(&c) != 0) return UNKNOWN;
  if (!json_knows(json_member(c.record, "hooks"), done_by_others)) return UNKNOWN;
  snprintf(request, sizeof request, "{\"op\":\"start\",\"id\":\"%s\"}", c.id);
  return order(&c, request, options);
}

static int kill_container(const struct options *options, char **words) {
  int all = 0;
  for (; *words != NULL && **words == '-'; words++) {
    if (!is_option(*words, "all") && !is_option(*words, "a")) return UNKNOWN;
    all = 1;
  }
  if (words[0] == NULL || words[1] == NULL || words[2] != NULL) return UNKNOWN;
  char *end;
  unsigned long number = strtoul(words[1], &end, 10);
  if (words[1][0] < '0' || words[1][0] > '9' || *end != 0 || number > 64) return UNKNOWN;
  struct container c;
  char request[2048];
  if (container_find(&c, options->root, words[0]) != 0 || container_read(&c) != 0) return UNKNOWN;
  snprintf(request, sizeof request, "{\"op\":\"kill\",\"id\":\"%s\",\"signal\":%lu,\"all\":%s}", c.id,
           number, all ? "true" : "false");
  return order(&c, request, options);
}

/* --- delete -------------------------------------------------------------------------------------- */

/* The field of /proc/PID/stat by its number in proc(5); only those behind the name. */
static int stat_field(pid_t pid, int number, char *into, size_t size) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  char *at = strrchr(text, ')');
  if (at == NULL) return 0;
  char *field = strtok(at + 1, " ");
  for (int i = 3; i < number && field != NULL; i++) field = strtok(NULL, " ");
  return field != NULL && (size_t)snprintf(into, size, "%s", field) < size;
}

/* A descriptor of the container's process while it runs, or GONE: a number is given to others later. */
static int open_process(const struct container *c) {
  struct span process = json_member(c->record, "process");
  long long pid = json_number(json_member(process, "pid"));
  char started[32], known[32], state[8];
  if (!json_string(json_member(process, "startTime"), known, sizeof known) || pid <= 0) return UNKNOWN;
  int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
  if (pidfd < 0) return errno == ESRCH ? GONE : UNKNOWN;
  if (stat_field((pid_t)pid, 22, started, sizeof started) && strcmp(started, known) == 0 &&
      stat_field((pid_t)pid, 3, state, sizeof state) && strchr("ZX", *state) == NULL)
    return pidfd;
  close(pidfd);
  return GONE;
}

/* May it be taken away without --force? */
static int is_over(const struct container *c) {
  char request[2048], answer[4096];
  snprintf(request, sizeof request, "{\"op\":\"state\",\"id\":\"%s\"}", c->id);
  int length = container_ask(c, request, answer, sizeof answer);
  if (length == GONE) return 1;
  if (length <= 0) return 0;
  struct span status = json_member((struct span){answer, answer + length}, "status");
  return json_is(status, "stopped") || json_is(status, "created");
}

static int end_process(int pidfd) {
  struct pollfd watch = {.fd = pidfd, .events = POLLIN};
  int rc = (int)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
  if (rc != 0 && errno != ESRCH) return UNKNOWN;
  return poll(&watch, 1, PATIENCE_MS) == 1 ? 0 : UNKNOWN;
}

/* Whoever was killed in a control group may not be gone yet. */
static void remove_group(const char *path) {
  struct timespec nap = {.tv_nsec = GROUP_NAP_MS * 1000000};
  for (int tries = 0; tries < GROUP_TRIES && rmdir(path) != 0 && errno == EBUSY; tries++)
    nanosleep(&nap, NULL);
}

/* With `remove`, or only looked at: are they all paths that need no more reading? */
static int each_group(const struct container *c, void (*remove)(const char *)) {
  struct span list = json_member(c->record, "cgroups"), rest = list, value;
  char path[4096];
  if (list.at == NULL || *list.at != '[') return 0;
  for (rest.at++; json_next(&rest, &value);) {
    if (!json_string(value, path, sizeof path)) return 0;
    if (remove != NULL) remove(path);
  }
  return rest.at + (list.end - list.at == 2 ? 1 : 0) == list.end;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *level) {
  (void)status, (void)kind, (void)level;
  return remove(path);
}

static int delete(const struct options *options, char **words) {
  static const char *const no_poststop[] = {"prestart",   "createRuntime", "createContainer",
                                            "startContainer", "poststart", NULL};
  int is_forced = 0;
  for (; *words != NULL && **words == '-'; words++) {
    if (!is_option(*words, "force") && !is_option(*words, "f")) return UNKNOWN;
    is_forced = 1;
  }
  if (words[0] == NULL || words[1] != NULL) return UNKNOWN;
  struct container c;
  int found = container_find(&c, options->root, words[0]);
  if (found != 0) return found == GONE && is_forced ? 0 : UNKNOWN;
  if (container_lock(&c) != 0 || container_read(&c) != 0) return UNKNOWN;
  if (!json_knows(json_member(c.record, "hooks"), no_poststop) || !each_group(&c, NULL)) return UNKNOWN;
  int pidfd = open_process(&c);
  if (pidfd == UNKNOWN) return UNKNOWN;
  if (pidfd >= 0 && ((!is_forced && !is_over(&c)) || end_process(pidfd) != 0)) return UNKNOWN;
  each_group(&c, remove_group);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", c.root, c.id);
  return nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : UNKNOWN;
}

/* --- which command ------------------------------------------------------------------------------- */

/* Behind options that mean nothing to what the front does; NULL if there are others. */
static char **skip_globals(char **words, struct options *options) {
  for (; *words != NULL && **words == '-'; words++) {
    if (is_option(*words, "systemd-cgroup")) continue;
    const char *name = *words;
    if (*++words == NULL) return NULL;
    if (is_option(name, "root")) options->root = *words;
    else if (is_option(name, "log")) options->log = *words;
    else if (is_option(name, "log-format")) options->logs_json = strcmp(*words, "json") == 0;
    else return NULL;
  }
  return *words == NULL ? NULL : words;
}

/* Where containers are kept when it is not said: for root outside of a session of a user's. */
static const char *default_root(void) {
  const char *own = getenv("XDG_RUNTIME_DIR");
  return geteuid() == 0 && (own == NULL || *own == 0) ? DEFAULT_ROOT : NULL;
}

static int answer(char **node, char **words) {
  struct options options = {.root = default_root()};
  words = skip_globals(words, &options);
  if (words == NULL) return UNKNOWN;
  const char *name = *words++;
  if (strcmp(name, "create") == 0) {
    start_early(node, words);
    return UNKNOWN;
  }
  if (options.root == NULL || *options.root == 0) return UNKNOWN;
  if (strcmp(name, "start") == 0) return start(&options, words);
  if (strcmp(name, "kill") == 0) return kill_container(&options, words);
  if (strcmp(name, "delete") == 0) return delete (&options, words);
  return UNKNOWN;
}

int main(int argc, char **argv) {
  int split = 1;
  while (split < argc && strcmp(argv[split], "--") != 0) split++;
  if (split < 3 || split == argc) {
    fprintf(stderr, "tvisor-front: for bin/tvisor only\n");
    return 128;
  }
  unsetenv("TVISOR_SANDBOX");
  argv[split] = NULL;
  int status = answer(argv + 1, argv + split + 1);
  if (status != UNKNOWN) return status;
  memmove(argv + split, argv + split + 1, (size_t)(argc - split) * sizeof *argv);
  execv(argv[1], argv + 1);
  fprintf(stderr, "tvisor: cannot start %s: %s\n", argv[1], strerror(errno));
  return 128;
}
