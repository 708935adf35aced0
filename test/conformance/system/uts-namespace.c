/* system: host and domain names in a private UTS namespace.
 *
 * sethostname(2), uts_namespaces(7).
 */
#include "case.h"
#include <sys/utsname.h>

int main(void) {
  char before[256], name[256];
  struct utsname names;
  must("gethostname", gethostname(before, sizeof before));
  pid_t child = spawn();
  if (child == 0) {
    must("unshare", unshare(CLONE_NEWUTS));
    check("starts with the old name", gethostname(name, sizeof name) == 0 && strcmp(name, before) == 0);
    show("sethostname", sethostname("conformance", 11));
    must("uname", uname(&names));
    text("nodename", names.nodename, strlen(names.nodename));
    char proc[64];
    slurp("/proc/sys/kernel/hostname", proc, sizeof proc);
    text("/proc/sys/kernel/hostname", proc, strlen(proc));
    show("setdomainname", setdomainname("example", 7));
    must("uname", uname(&names));
    text("domainname", names.domainname, strlen(names.domainname));
    show("64 bytes", sethostname("0123456789012345678901234567890123456789012345678901234567890123", 64));
    show("65 bytes", sethostname("01234567890123456789012345678901234567890123456789012345678901234", 65));
    show("negative", syscall(SYS_sethostname, name, -1));
    show("bad pointer", syscall(SYS_sethostname, bad_pointer(), 4));
    show("empty", sethostname("", 0));
    must("setresuid", setresuid(1000, 1000, 1000));
    show("as a user", sethostname("x", 1));
    show("unshare as a user", unshare(CLONE_NEWUTS));
    _exit(0);
  }
  reap("child", child);
  check("outside nothing changed", gethostname(name, sizeof name) == 0 && strcmp(name, before) == 0);
  return 0;
}
