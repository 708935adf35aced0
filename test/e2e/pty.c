/*
 * Runs a command on a new pseudo-terminal of 80 by 24 characters.
 * What comes on standard input is typed; what the terminal shows goes to standard output.
 * Exits as the command does; a death by signal N becomes 128 + N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void copy_all(int to, const char *bytes, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(to, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return; /* nobody listens any more */
    bytes += written;
    count -= written;
  }
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  int terminal;
  pid_t child = forkpty(&terminal, NULL, NULL, &size);
  if (child < 0) {
    perror("pty: no terminal");
    return 2;
  }
  if (child == 0) {
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }

  struct pollfd sources[2] = {{.fd = terminal, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  char buffer[4096];
  for (;;) {
    if (poll(sources, 2, -1) < 0 && errno != EINTR) break;
    if (sources[0].revents) {
      /* EIO says that the last process has closed the terminal. */
      ssize_t count = read(terminal, buffer, sizeof buffer);
      if (count <= 0) break;
      copy_all(STDOUT_FILENO, buffer, count);
    }
    if (sources[1].revents) {
      ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
      if (count > 0) copy_all(terminal, buffer, count);
      else sources[1].fd = -1; /* the typist is gone; the command may go on */
    }
  }

  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
