/* file: user extended attributes are set, replaced, listed and removed.
 *
 * setxattr(2), getxattr(2), listxattr(2), xattr(7).
 */
#include "case.h"
#include <sys/xattr.h>

int main(void) {
  static char big[65537];
  char bytes[256], name[300] = "user.";
  make_file("f", "");
  must("symlink", symlink("f", "l"));
  show("none yet", listxattr("f", bytes, sizeof bytes));
  show("get a missing one", getxattr("f", "user.a", bytes, sizeof bytes));
  show("set", setxattr("f", "user.a", "value", 5, 0));
  show("XATTR_CREATE of an existing one", setxattr("f", "user.a", "x", 1, XATTR_CREATE));
  show("XATTR_REPLACE of a missing one", setxattr("f", "user.b", "x", 1, XATTR_REPLACE));
  show("XATTR_REPLACE", setxattr("f", "user.a", "longer value", 12, XATTR_REPLACE));
  text("get", bytes, getxattr("f", "user.a", bytes, sizeof bytes));
  show("size only", getxattr("f", "user.a", NULL, 0));
  show("buffer too small", getxattr("f", "user.a", bytes, 3));
  show("empty value", setxattr("f", "user.empty", "", 0, 0));
  show("its size", getxattr("f", "user.empty", bytes, sizeof bytes));
  ssize_t size = listxattr("f", bytes, sizeof bytes);
  show("list size", size);
  check("lists both", memmem(bytes, size, "user.a\0", 7) && memmem(bytes, size, "user.empty\0", 11));
  show("list too small", listxattr("f", bytes, 3));
  show("through a link", getxattr("l", "user.a", bytes, sizeof bytes));
  show("of the link itself", lsetxattr("l", "user.a", "x", 1, 0));
  show("by descriptor", fgetxattr(must("open", open("f", O_RDONLY)), "user.a", bytes, sizeof bytes));
  show("unknown namespace", setxattr("f", "nonsense.a", "x", 1, 0));
  show("no namespace", setxattr("f", "a", "x", 1, 0));
  show("empty name after the prefix", setxattr("f", "user.", "x", 1, 0));
  memset(name + 5, 'n', 252), name[256] = 0;
  show("name of 256 bytes", setxattr("f", name, "x", 1, 0));
  show("unknown flags", setxattr("f", "user.a", "x", 1, 4));
  show("value above 64 KiB", setxattr("f", "user.big", big, sizeof big, 0));
  show("remove", removexattr("f", "user.a"));
  show("remove again", removexattr("f", "user.a"));
  show("of a fifo", (mkfifo("p", 0644), setxattr("p", "user.a", "x", 1, 0)));
  show("missing file", getxattr("missing", "user.a", bytes, sizeof bytes));
  return 0;
}
