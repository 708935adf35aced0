/* process: #! runs the interpreter with one optional argument and the script's path.
 *
 * execve(2), "Interpreter scripts": the rest of the line is one argument; scripts may nest four deep.
 */
#include "case.h"

static void script(const char *path, const char *content) {
  make_file(path, content);
  must("chmod", chmod(path, 0755));
}

static void run(const char *name, const char *path) {
  pid_t child = spawn();
  if (child == 0) {
    execve(path, (char *[]){ "ignored", "user", "args", NULL }, (char *[]){ "PATH=/bin", NULL });
    show(name, -1);
    _exit(1);
  }
  reap(name, child);
}

int main(void) {
  script("plain", "#!/bin/echo\n");
  script("argument", "#!/bin/echo -n one two  three\nignored\n");
  script("spaces", "#!  \t /bin/echo \t padded \t \n");
  script("no-newline", "#!/bin/echo end");
  script("shell", "#!/bin/sh\necho \"$0\" \"$#\" \"$1\" \"$2\"\nexit 7\n");
  script("nothing", "#!\n");
  script("blank", "#!   \n");
  script("relative", "#!./plain\n");
  run("no argument", "./plain");
  run("one argument keeps inner spaces", "./argument");
  say("%s", "");
  run("padded", "./spaces");
  run("last line without newline", "./no-newline");
  run("shell script", "./shell");
  run("no interpreter", "./nothing");
  run("blank interpreter", "./blank");
  run("script as interpreter", "./relative");
  char path[8] = "./n0", line[16];
  script("n0", "#!/bin/echo\n");
  for (int i = 1; i <= 6; i++) {
    snprintf(line, sizeof line, "#!./n%d\n", i - 1);
    path[3] = '0' + i;
    script(path, line);
    char name[32];
    snprintf(name, sizeof name, "nested %d deep", i + 1);
    run(name, path);
  }
  return 0;
}
