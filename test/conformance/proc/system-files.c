/* proc: the system-wide files have the keys that programs look for.
 *
 * proc(5); only the shape is compared, the values belong to the machine.
 */
#include "case.h"

static char bytes[1 << 17];

static void keys(const char *path, const char *const *names) {
  slurp(path, bytes, sizeof bytes);
  char missing[256] = "";
  for (; *names; names++)
    if (!strstr(bytes, *names)) strcat(strcat(missing, " "), *names);
  say("%s: missing%s", path, missing[0] ? missing : " nothing");
}
static void number(const char *path) {
  char *end;
  slurp(path, bytes, sizeof bytes);
  strtoll(bytes, &end, 10);
  say("%s: a number %d", path, end != bytes && *end == '\n');
}

int main(void) {
  keys("/proc/meminfo", (const char *[]){ "MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:",
      "SwapTotal:", "SwapFree:", NULL });
  keys("/proc/stat", (const char *[]){ "cpu  ", "cpu0 ", "intr ", "ctxt ", "btime ", "processes ", "procs_running ",
      NULL });
  keys("/proc/cpuinfo", (const char *[]){ "processor\t: 0", "vendor_id", "model name", "flags", NULL });
  keys("/proc/filesystems", (const char *[]){ "nodev\tproc", "nodev\ttmpfs", "nodev\tsysfs", "nodev\tdevpts", NULL });
  keys("/proc/version", (const char *[]){ "Linux version ", NULL });
  keys("/proc/self/mounts", (const char *[]){ " / ", " /proc proc ", NULL });
  keys("/proc/self/mountinfo", (const char *[]){ " / / ", " - proc ", NULL });
  keys("/proc/mounts", (const char *[]){ " /proc proc ", NULL });
  keys("/proc/self/cgroup", (const char *[]){ ":", "/", NULL });
  keys("/proc/self/smaps", (const char *[]){ "Size:", "Rss:", "Private_Dirty:", "VmFlags:", NULL });
  keys("/proc/net/dev", (const char *[]){ "lo:", NULL });
  keys("/proc/net/tcp", (const char *[]){ "local_address", NULL });
  double up, idle, one, five, fifteen;
  int running, all, last;
  slurp("/proc/uptime", bytes, sizeof bytes);
  check("uptime", sscanf(bytes, "%lf %lf", &up, &idle) == 2 && up > 0);
  slurp("/proc/loadavg", bytes, sizeof bytes);
  check("loadavg", sscanf(bytes, "%lf %lf %lf %d/%d %d", &one, &five, &fifteen, &running, &all, &last) == 6
      && all >= 1);
  long size, resident;
  slurp("/proc/self/statm", bytes, sizeof bytes);
  check("statm", sscanf(bytes, "%ld %ld", &size, &resident) == 2 && size >= resident && resident > 0);
  static const char *const files[] = { "kernel/pid_max", "kernel/threads-max", "kernel/cap_last_cap",
      "kernel/randomize_va_space", "kernel/overflowuid",
                                       "kernel/ngroups_max", "vm/overcommit_memory", "vm/max_map_count", "fs/file-max",
                                           "fs/nr_open", "fs/pipe-max-size",
                                       "net/core/somaxconn", "kernel/shmmax" };
  char path[128];
  for (size_t i = 0; i < COUNT(files); i++) snprintf(path, sizeof path, "/proc/sys/%s", files[i]), number(path);
  keys("/proc/sys/kernel/ostype", (const char *[]){ "Linux\n", NULL });
  slurp("/proc/sys/kernel/random/uuid", bytes, sizeof bytes);
  show("uuid length", strlen(bytes));
  char again[64];
  check("a new one each time", strcmp(bytes, slurp("/proc/sys/kernel/random/uuid", again, sizeof again)) != 0);
  return 0;
}
