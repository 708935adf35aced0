/* process: PR_SET_NAME sets a 15-byte name, shown in /proc, inherited by fork and replaced by exec.
 *
 * prctl(2), PR_SET_NAME; proc(5), /proc/pid/comm.
 */
#include "case.h"

static void name_of(const char *what) {
  char name[17] = "", comm[64];
  must("PR_GET_NAME", prctl(PR_GET_NAME, name));
  slurp("/proc/self/comm", comm, sizeof comm);
  say("%s: %s, comm agrees: %s", what, name, strlen(comm) == strlen(name) + 1
      && !strncmp(comm, name, strlen(name)) ? "yes" : "no");
}

int main(int argc, char **argv) {
  if (argc > 1) {
    name_of("after exec through a link");
    return 0;
  }
  name_of("file name, cut at 15 bytes");
  must("PR_SET_NAME", prctl(PR_SET_NAME, "short"));
  name_of("short");
  must("PR_SET_NAME", prctl(PR_SET_NAME, "a-name-longer-than-fifteen"));
  name_of("long");
  must("PR_SET_NAME", prctl(PR_SET_NAME, "a (b) c\n"));
  char stat[1024], *end;
  end = strrchr(slurp("/proc/self/stat", stat, sizeof stat), ')');
  text("in stat", strchr(stat, '('), end - strchr(stat, '(') + 1);
  show("bad pointer", prctl(PR_SET_NAME, bad_pointer()));
  int fd = must("open", open("/proc/self/comm", O_WRONLY));
  show("write to comm", write(fd, "by-write", 8));
  name_of("written");
  pid_t child = spawn();
  if (child == 0) {
    name_of("child");
    must("symlink", symlink("/proc/self/exe", "linked-name"));
    execve("./linked-name", (char *[]){ "other", "again", NULL }, NULL);
    _exit(1);
  }
  reap("child", child);
  return 0;
}
