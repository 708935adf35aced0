/* file: in a private mount namespace: tmpfs, bind mounts, read-only remounts, covering and umount.
 *
 * mount(2), umount(2), mount_namespaces(7).
 */
#include "case.h"
#include <sys/mount.h>

int main(void) {
  struct stat above, below;
  must("unshare", unshare(CLONE_NEWNS));
  must("make private", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  must("mkdir", mkdir("t", 0755)), must("mkdir", mkdir("b", 0755));
  make_file("t/covered", "");
  show("tmpfs", mount("none", "t", "tmpfs", 0, "size=1m,mode=700"));
  must("stat", stat("t", &below)), must("stat", stat(".", &above));
  say("mode %o, another device %d, covered file %s", below.st_mode & 07777, above.st_dev != below.st_dev,
      access("t/covered", F_OK) == 0 ? "visible" : "hidden");
  make_file("t/f", "in tmpfs");
  show("bind", mount("t", "b", NULL, MS_BIND, NULL));
  show("seen through the bind mount", access("b/f", F_OK));
  show("rename across mounts", rename("t/f", "./f"));
  show("link across mounts", link("t/f", "b/g"));
  show("rmdir of a mount point", rmdir("t"));
  show("remount the bind read-only", mount(NULL, "b", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
  show("write through it", open("b/f", O_WRONLY));
  show("create through it", mkdir("b/x", 0755));
  show_ok("the original stays writable", open("t/f", O_WRONLY));
  must("chdir", chdir("t"));
  show("umount while we are in it", umount("../t"));
  show("lazy umount", umount2("../t", MNT_DETACH));
  show("we are still there", access("f", F_OK));
  must("chdir", chdir("/"));
  show("umount of no mount point", umount("/tmp/no-such-directory"));
  show("unknown filesystem", mount("none", "/", "nonsense", 0, NULL));
  show("missing target", mount("none", "/no/such/place", "tmpfs", 0, NULL));
  pid_t child = spawn();
  if (child == 0) {
    must("setresuid", setresuid(1000, 1000, 1000));
    show("mount as a user", mount("none", "/", "tmpfs", 0, NULL));
    show("umount as a user", umount("/proc"));
    _exit(0);
  }
  reap("child", child);
  return 0;
}
