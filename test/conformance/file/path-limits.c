/* file: names of 255 bytes and paths of 4095 bytes are the longest; empty paths and slashes have rules.
 *
 * path_resolution(7); open(2), ENAMETOOLONG.
 */
#include "case.h"

int main(void) {
  char name[300], path[5000];
  memset(name, 'n', 255), name[255] = 0;
  int fd = open(name, O_CREAT | O_RDWR, 0644);
  show_ok("255 bytes", fd);
  memset(name, 'n', 256), name[256] = 0;
  show("256 bytes", open(name, O_CREAT | O_RDWR, 0644));
  show("256 bytes in the middle", open(strcat(strcpy(path, name), "/x"), O_RDONLY));
  for (int i = 0; i < 4094; i += 2) memcpy(path + i, "./", 2);
  memset(path + 4094, '.', 2), path[4095] = 0;
  show_ok("4095 bytes", open(path, O_RDONLY));
  path[4095] = '/', path[4096] = 0;
  show("4096 bytes", open(path, O_RDONLY));
  show("empty path", open("", O_RDONLY));
  show("mkdir of an empty path", mkdir("", 0755));
  make_file("f", "");
  must("mkdir", mkdir("d", 0755));
  show("many slashes", access("d////..//f", F_OK));
  show("file as a directory", access("f/.", F_OK));
  show("file with dot dot", access("f/../f", F_OK));
  show("missing directory with dot dot", access("missing/../f", F_OK));
  struct stat root, above;
  must("stat", stat("/", &root)), must("stat", stat("/../../..", &above));
  check("the parent of the root is the root", root.st_ino == above.st_ino && root.st_dev == above.st_dev);
  show("mkdir with a trailing slash", mkdir("e/", 0755));
  show("mkdir of dot", mkdir(".", 0755));
  show("mkdir of the root", mkdir("/", 0755));
  show("rmdir of dot", rmdir("d/."));
  show("rmdir of dot dot", rmdir("d/.."));
  show("byte values 1 to 255 are fine in a name", open("\x01\xff\xfe\n *?\\", O_CREAT | O_RDWR, 0644) >= 0 ? 0 : -1);
  return 0;
}
