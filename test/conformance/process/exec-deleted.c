/* process: /proc/self/exe names the running file, follows renames and survives unlink.
 *
 * proc(5), /proc/pid/exe: "(deleted)" is appended; the link can still be executed.
 */
#include "case.h"

static void link_of(const char *name) {
  char target[4096] = "", *last;
  must("readlink", readlink("/proc/self/exe", target, sizeof target - 1));
  last = strrchr(target, '/');
  say("%s: %s", name, last + 1);
}

int main(int argc, char **argv) {
  if (argc > 2) {
    link_of("run through the link");
    return 3;
  }
  if (argc > 1) {
    struct stat now;
    link_of("started as");
    must("rename", rename("copy", "renamed"));
    link_of("renamed");
    show("open for writing while running", open("renamed", O_WRONLY));
    must("unlink", unlink("renamed"));
    link_of("unlinked");
    must("stat", stat("/proc/self/exe", &now));
    show("links left", now.st_nlink);
    execve("/proc/self/exe", (char *[]){ "case", "third", "life", NULL }, NULL);
    return 1;
  }
  char buffer[65536];
  int from = must("open", open("/proc/self/exe", O_RDONLY)), to = must("open", open("copy", O_CREAT | O_WRONLY, 0755));
  for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;) must("write", write(to, buffer, got));
  close(from);
  pid_t child = spawn();
  if (child == 0) {
    execve("./copy", (char *[]){ "case", "again", NULL }, NULL);
    show("exec while open for writing", -1);
    close(to);
    execve("./copy", (char *[]){ "case", "again", NULL }, NULL);
    show("exec while the parent has it open for writing", -1);
    _exit(0);
  }
  reap("child", child);
  close(to);
  execve("./copy", (char *[]){ "case", "again", NULL }, NULL);
  return 1;
}
