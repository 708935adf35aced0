/*
 * early: the sandbox process of a container that is about to be made, started beside the `create` that
 * will tell it what to do, so that the two load at the same time. `create` finds it in TVISOR_SANDBOX, as
 * "PID DESCRIPTOR" (src/cli/oci/launcher.ts). When that never speaks to it, it ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "front.h"

/* Out of the way of descriptors that the container is to inherit. */
enum { OURS_FROM = 512, THEIRS = 3 };
enum { MOST_CONFIG = 1 << 20, MOST_WORDS = 64 };

extern char **environ;

/* Does this config.json say that the container joins the sandbox of another? Only a guess is needed. */
static int says_member_of_pod(const char *text) {
  static const char *const names[] = {"\"io.kubernetes.cri.container-type\"",
                                      "\"io.kubernetes.cri-o.ContainerType\""};
  for (int i = 0; i < 2; i++) {
    const char *at = strstr(text, names[i]);
    if (at == NULL) continue;
    at += strlen(names[i]);
    at += strspn(at, " \t\r\n:");
    return strncmp(at, "\"container\"", strlen("\"container\"")) == 0;
  }
  return 0;
}

static int joins_pod(const char *bundle) {
  char path[4096];
  if ((size_t)snprintf(path, sizeof path, "%s/config.json", bundle) >= sizeof path) return 1;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  char *text = file < 0 ? NULL : malloc(MOST_CONFIG + 1);
  ssize_t n = text == NULL ? -1 : read(file, text, MOST_CONFIG);
  if (n >= 0) text[n] = 0;
  int joins = n < 0 || says_member_of_pod(text);
  free(text);
  if (file >= 0) close(file);
  return joins;
}

/* The container's id, when it will have a sandbox of its own; NULL otherwise, or if that is not clear. */
static const char *id_of(char **words) {
  static const char *const with_value[] = {"bundle",       "b",             "console-socket",
                                           "pid-file",     "preserve-fds", "user-log"};
  static const char *const without[] = {"no-pivot", "no-new-keyring"};
  const char *bundle = ".";
  for (; *words != NULL && **words == '-'; words++) {
    int i = 0, j = 0;
    while (i < 6 && !is_option(*words, with_value[i])) i++;
    while (j < 2 && !is_option(*words, without[j])) j++;
    if (i == 6 && j == 2) return NULL;
    if (j < 2) continue;
    if (*++words == NULL) return NULL;
    if (i < 2) bundle = *words;
  }
  return *words == NULL || words[1] != NULL || joins_pod(bundle) ? NULL : *words;
}

/* The kernel process learns nothing of our environment but what is for it. */
static char **kept_variables(void) {
  static char *kept[MOST_WORDS] = {"PATH=/usr/bin:/bin"};
  int count = 1;
  for (char **each = environ; *each != NULL && count < MOST_WORDS - 1; each++)
    if (strncmp(*each, "TVISOR_", 7) == 0) kept[count++] = *each;
  return kept;
}

static _Noreturn void become_sandbox(char **node, const char *id, int socket) {
  char *words[MOST_WORDS];
  int count = 0;
  while (node[count] != NULL && count < MOST_WORDS - 3) {
    words[count] = node[count];
    count++;
  }
  words[count++] = "boot";
  words[count++] = (char *)id;
  words[count] = NULL;
  sigset_t none;
  sigemptyset(&none);
  for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < THEIRS; fd++)
    if (dup2(null, fd) < 0) _exit(127);
  if (socket != THEIRS ? dup2(socket, THEIRS) < 0 : fcntl(THEIRS, F_SETFD, 0) != 0) _exit(127);
  syscall(SYS_close_range, THEIRS + 1, ~0u, 0);
  if (chdir("/") != 0) _exit(127);
  execve(words[0], words, kept_variables());
  _exit(127);
}

/* `node`: the Node that runs tvisor, its options and the program; `words`: those of `create`. */
void start_early(char **node, char **words) {
  const char *id = id_of(words);
  int pair[2];
  if (id == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return;
  int ours = fcntl(pair[0], F_DUPFD, OURS_FROM);
  close(pair[0]);
  pid_t pid = ours < 0 ? -1 : fork();
  if (pid == 0) become_sandbox(node, id, pair[1]);
  close(pair[1]);
  if (pid < 0) {
    if (ours >= 0) close(ours);
    return;
  }
  char told[64];
  snprintf(told, sizeof told, "%d %d", pid, ours);
  setenv("TVISOR_SANDBOX", told, 1);
}
