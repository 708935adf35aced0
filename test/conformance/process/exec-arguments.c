/* process: execve() passes argv and envp as they are, even empty or odd.
 *
 * execve(2): NULL argv becomes one empty string since Linux 5.18.
 */
#include "case.h"

extern char **environ;

static void run(const char *name, char **arguments, char **environment) {
  say("-- %s", name);
  pid_t child = spawn();
  if (child == 0) {
    execve("/proc/self/exe", arguments, environment);
    show("execve", -1);
    _exit(1);
  }
  reap("ended", child);
}

int main(int argc, char **argv) {
  if (getenv("CHILD") || argc == 0 || strcmp(argv[0], "top") == 0 || argv[0][0] == 0) {
    show("argc", argc);
    for (int i = 0; i < argc; i++) text("argv", argv[i], strlen(argv[i]));
    for (char **variable = environ; *variable; variable++) text("envp", *variable, strlen(*variable));
    check("strings are contiguous", argc < 2 || argv[1] == argv[0] + strlen(argv[0]) + 1);
    return argc;
  }
  run("plain", (char *[]){ "zero", "one", "two", NULL }, (char *[]){ "CHILD=1", "A=b", NULL });
  run("empty strings", (char *[]){ "", "", "x", "", NULL }, (char *[]){ "CHILD=", "", "no equals sign", NULL });
  run("no environment", (char *[]){ "top", NULL }, NULL);
  run("no argv[0]", (char *[]){ NULL }, (char *[]){ "CHILD=1", NULL });
  run("twice the same name", (char *[]){ "x y", "\n\xff", NULL }, (char *[]){ "CHILD=1", "CHILD=2", NULL });
  return 0;
}
