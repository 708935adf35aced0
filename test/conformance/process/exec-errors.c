/* process: execve() reports why a file cannot be run.
 *
 * execve(2), ERRORS.
 */
#include "case.h"

static void attempt(const char *name, const char *path) {
  char *arguments[] = { "x", NULL };
  execve(path, arguments, NULL);
  show(name, -1);
}

int main(void) {
  char *arguments[] = { "x", NULL };
  make_file("plain", "just text");
  make_file("empty", "");
  make_file("noexec", "#!/bin/true\n");
  make_file("lost", "#!/no/such/interpreter\n");
  make_file("elf", "\177ELF\2\1\1");
  must("chmod", chmod("plain", 0755)), chmod("empty", 0755), chmod("lost", 0755), chmod("elf", 0755);
  must("mkdir", mkdir("dir", 0755));
  must("symlink", symlink("loop", "loop"));
  must("mkfifo", mkfifo("fifo", 0755));
  attempt("missing file", "./missing");
  attempt("empty path", "");
  attempt("text without #!", "./plain");
  attempt("empty file", "./empty");
  attempt("truncated ELF", "./elf");
  attempt("no execute permission, even for root", "./noexec");
  attempt("missing interpreter", "./lost");
  attempt("directory", "./dir");
  attempt("fifo", "./fifo");
  attempt("device", "/dev/null");
  attempt("file as a directory", "./plain/x");
  attempt("trailing slash", "./plain/");
  attempt("symbolic link loop", "./loop");
  attempt("bad path pointer", bad_pointer());
  show("bad argv pointer", syscall(SYS_execve, "/bin/true", bad_pointer(), NULL));
  char *holed[] = { "x", bad_pointer(), NULL };
  show("bad pointer inside argv", syscall(SYS_execve, "/bin/true", holed, NULL));
  show("bad envp pointer", syscall(SYS_execve, "/bin/true", arguments, bad_pointer()));
  char long_name[300];
  memset(long_name, 'n', 299), long_name[299] = 0;
  attempt("name of 299 bytes", long_name);
  return 0;
}
