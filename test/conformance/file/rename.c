/* file: rename() replaces atomically and follows the rules for files and directories.
 *
 * rename(2).
 */
#include "case.h"

static ino_t inode(const char *path) {
  struct stat info;
  return lstat(path, &info) == 0 ? info.st_ino : 0;
}

int main(void) {
  char bytes[16];
  make_file("a", "from a"), make_file("b", "from b");
  int old = must("open", open("b", O_RDONLY));
  ino_t a = inode("a");
  show("a over b", rename("a", "b"));
  check("same inode, new name", inode("b") == a && inode("a") == 0);
  text("the old b is still open", bytes, read(old, bytes, 16));
  must("mkdir", mkdir("d", 0755)), mkdir("full", 0755), mkdir("empty", 0755);
  make_file("full/x", "");
  show("file over directory", rename("b", "d"));
  show("directory over file", rename("d", "b"));
  show("directory over empty directory", rename("d", "empty"));
  show("directory over full directory", rename("empty", "full"));
  show("directory into itself", rename("full", "full/y"));
  show("directory into its own child", rename("full", "full/x/y"));
  show("missing source", rename("missing", "z"));
  show("missing target directory", rename("b", "missing/z"));
  show("onto itself", rename("b", "b"));
  must("link", link("b", "hard"));
  show("onto another name of the same file", rename("b", "hard"));
  check("both names stay", inode("b") == a && inode("hard") == a);
  show("dot", rename(".", "z"));
  show("dot at the end", rename("full/.", "z"));
  show("dot dot", rename("full/..", "z"));
  show("file with a trailing slash", rename("b/", "z"));
  show("file to a trailing slash", rename("b", "z/"));
  show("directory to a trailing slash", rename("full", "moved/"));
  show("its content moved along", access("moved/x", F_OK));
  must("symlink", symlink("moved", "link"));
  show("a link is renamed itself", rename("link", "moved/link"));
  show("empty path", rename("", "z"));
  show("root", rename("/", "z"));
  return 0;
}
