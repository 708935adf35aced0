/* file: a tmpfs with a size limit says ENOSPC, and frees space when files go.
 *
 * tmpfs(5), statfs(2).
 */
#include "case.h"
#include <sys/mount.h>
#include <sys/vfs.h>

int main(void) {
  static char block[65536];
  struct statfs info;
  must("unshare", unshare(CLONE_NEWNS));
  must("make private", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  must("mkdir", mkdir("t", 0755));
  must("mount", mount("none", "t", "tmpfs", 0, "size=256k,nr_inodes=10"));
  must("statfs", statfs("t", &info));
  say("type %#lx, block size %ld, blocks %ld, free %ld, name length %ld", (long)info.f_type, (long)info.f_bsize,
      (long)info.f_blocks, (long)info.f_bfree, (long)info.f_namelen);
  int fd = must("open", open("t/f", O_CREAT | O_RDWR, 0644));
  long total = 0, got;
  while ((got = write(fd, block, sizeof block)) > 0) total += got;
  show("write when full", got);
  show("written", total);
  show("overwriting still works", pwrite(fd, block, 4096, 0));
  show("fallocate", fallocate(fd, 0, 0, 1 << 20));
  show("sparse growth costs nothing", ftruncate(fd, 1 << 30));
  must("ftruncate", ftruncate(fd, 1000));
  must("statfs", statfs("t", &info));
  show("free again", info.f_bfree);
  int made = 0;
  char name[16];
  for (;; made++) {
    snprintf(name, sizeof name, "t/n%d", made);
    if (mknod(name, S_IFREG | 0644, 0) == -1) break;
  }
  show("mknod without inodes", mknod("t/last", S_IFREG | 0644, 0));
  show("made", made);
  show("unlink", unlink("t/n0"));
  show("mknod", mknod("t/last", S_IFREG | 0644, 0));
  show("statfs missing", statfs("missing", &info));
  show("statfs bad pointer", syscall(SYS_statfs, "t", bad_pointer()));
  return 0;
}
