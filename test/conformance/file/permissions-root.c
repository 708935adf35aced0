/* file: root reads and writes regardless of bits, but executes only what somebody may execute.
 *
 * capabilities(7), CAP_DAC_OVERRIDE.
 */
#include "case.h"

int main(void) {
  must("mkdir", mkdir("d", 0000));
  make_file("d/f", "text");
  must("chmod", chmod("d/f", 0000));
  show_ok("read mode 000", open("d/f", O_RDONLY));
  show_ok("write mode 000", open("d/f", O_WRONLY));
  show("access R_OK|W_OK", access("d/f", R_OK | W_OK));
  show("access X_OK", access("d/f", X_OK));
  show("access X_OK of a directory", access("d", X_OK));
  must("chmod", chmod("d/f", 0001));
  show("access X_OK with others' bit", access("d/f", X_OK));
  must("chown", chown("d/f", 1000, 1000));
  must("chmod", chmod("d", 0711)), must("chmod", chmod("d/f", 0640)), must("chmod", chmod(".", 0755));
  pid_t child = spawn();
  if (child == 0) {
    must("setegid", setegid(2000)), must("seteuid", seteuid(2000));
    show("effective user: open", open("d/f", O_RDONLY));
    show("access uses the real user", access("d/f", R_OK));
    show("faccessat AT_EACCESS uses the effective one", syscall(SYS_faccessat2, AT_FDCWD, "d/f", R_OK, AT_EACCESS));
    show("faccessat2 unknown flag", syscall(SYS_faccessat2, AT_FDCWD, "d/f", R_OK, 0x4000));
    show("access unknown mode", access("d/f", 8));
    must("setegid", seteuid(0)), must("setegid", setegid(1000)), must("seteuid", seteuid(2000));
    show_ok("group member reads", open("d/f", O_RDONLY));
    show("group member writes", open("d/f", O_WRONLY));
    _exit(0);
  }
  reap("child", child);
  must("symlink", symlink("nowhere", "dangling"));
  show("access of a dangling link", access("dangling", F_OK));
  show("AT_SYMLINK_NOFOLLOW", faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
  return 0;
}
