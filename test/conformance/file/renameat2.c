/* file: renameat2() with RENAME_NOREPLACE and RENAME_EXCHANGE.
 *
 * rename(2), renameat2().
 */
#include "case.h"

static void content(const char *path) {
  char bytes[32];
  int fd = open(path, O_RDONLY);
  if (fd < 0) { show(path, -1); return; }
  ssize_t got = read(fd, bytes, sizeof bytes);
  if (got < 0) say("%s: %s", path, errno_name(errno));
  else text(path, bytes, got);
  close(fd);
}

static void attempt(const char *name, const char *from, const char *to, unsigned flags) {
  show(name, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags));
}

int main(void) {
  make_file("a", "A"), make_file("b", "B");
  must("mkdir", mkdir("d", 0755));
  make_file("d/inside", "I");
  attempt("NOREPLACE onto a file", "a", "b", RENAME_NOREPLACE);
  attempt("NOREPLACE onto itself", "a", "a", RENAME_NOREPLACE);
  attempt("NOREPLACE to a new name", "a", "c", RENAME_NOREPLACE);
  attempt("EXCHANGE of files", "b", "c", RENAME_EXCHANGE);
  content("b"), content("c");
  attempt("EXCHANGE of file and directory", "b", "d", RENAME_EXCHANGE);
  content("d"), content("b/inside");
  attempt("EXCHANGE with a missing name", "b", "missing", RENAME_EXCHANGE);
  attempt("EXCHANGE with its own child", "b", "b/inside", RENAME_EXCHANGE);
  attempt("EXCHANGE of a child with its parent", "b/inside", "b", RENAME_EXCHANGE);
  attempt("both flags", "b", "c", RENAME_EXCHANGE | RENAME_NOREPLACE);
  attempt("unknown flag", "b", "c", 64);
  int base = must("open", open("b", O_RDONLY));
  show("renameat from a directory descriptor", renameat(base, "inside", AT_FDCWD, "outside"));
  show("renameat of an absolute path ignores the descriptor", renameat(99, "/nonexistent", 98, "/x"));
  show("renameat with a closed descriptor", renameat(99, "x", AT_FDCWD, "y"));
  content("outside");
  return 0;
}
