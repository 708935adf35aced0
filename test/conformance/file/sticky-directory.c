/* file: in a sticky directory only owners remove or rename.
 *
 * unlink(2), rename(2): EPERM or EACCES with S_ISVTX.
 */
#include "case.h"

static void as(uid_t user) {
  must("seteuid", seteuid(0));
  must("seteuid", seteuid(user));
}

int main(void) {
  must("chmod", chmod(".", 0755));
  must("mkdir", mkdir("tmp", 0755)), must("chmod", chmod("tmp", 01777));
  as(1000);
  make_file("tmp/a", ""), make_file("tmp/b", ""), make_file("tmp/c", "");
  must("mkdir", mkdir("tmp/dir", 0777));
  as(2000);
  make_file("tmp/mine", "");
  show("unlink another's file", unlink("tmp/a"));
  show("rename another's file", rename("tmp/a", "tmp/z"));
  show("rename over another's file", rename("tmp/mine", "tmp/a"));
  show("rmdir another's directory", rmdir("tmp/dir"));
  show("link to another's file", link("tmp/a", "tmp/hard"));
  show("unlink one's own", unlink("tmp/mine"));
  as(1000);
  show("owner unlinks", unlink("tmp/a"));
  as(0);
  must("chown", chown("tmp", 3000, 3000));
  as(3000);
  show("directory owner unlinks", unlink("tmp/b"));
  as(0);
  show("root unlinks", unlink("tmp/c"));
  must("chmod", chmod("tmp", 0777));
  as(2000);
  show("without the sticky bit anybody removes", rmdir("tmp/dir"));
  return 0;
}
