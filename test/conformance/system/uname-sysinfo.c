/* system: uname() and sysinfo() return plausible, consistent values.
 *
 * uname(2), sysinfo(2), sysconf(3).
 */
#include "case.h"
#include <sys/sysinfo.h>
#include <sys/utsname.h>

int main(void) {
  struct utsname name;
  struct sysinfo info;
  char bytes[256];
  show("uname", uname(&name));
  text("sysname", name.sysname, strlen(name.sysname));
  text("machine", name.machine, strlen(name.machine));
  int major = 0, minor = 0;
  check("release is MAJOR.MINOR", sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 4);
  check("nodename and version are not empty", name.nodename[0] && name.version[0]);
  check("gethostname agrees", gethostname(bytes, sizeof bytes) == 0 && strcmp(bytes, name.nodename) == 0);
  slurp("/proc/sys/kernel/osrelease", bytes, sizeof bytes);
  check("/proc agrees", strncmp(bytes, name.release, strlen(name.release)) == 0);
  show("uname to a bad pointer", syscall(SYS_uname, bad_pointer()));
  show("sysinfo", sysinfo(&info));
  check("memory", info.totalram > 0 && info.freeram <= info.totalram && info.mem_unit >= 1);
  check("uptime and processes", info.uptime > 0 && info.procs >= 1);
  show("sysinfo to a bad pointer", syscall(SYS_sysinfo, bad_pointer()));
  show("page size", sysconf(_SC_PAGESIZE));
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  cpu_set_t set;
  must("sched_getaffinity", sched_getaffinity(0, sizeof set, &set));
  check("processors", online >= 1 && CPU_COUNT(&set) >= 1 && CPU_COUNT(&set) <= sysconf(_SC_NPROCESSORS_CONF));
  show("clock ticks", sysconf(_SC_CLK_TCK));
  return 0;
}
