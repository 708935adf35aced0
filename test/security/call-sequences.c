/*
 * Random system calls in sequence, whose arguments are often right: descriptors of every kind, names
 * that exist, flags, pointers into memory that holds more of the same. What one call leaves behind the
 * next one finds. The kernel may refuse what it likes; it may not fall.
 * Arguments: a seed, how many processes one after the other, how many calls each.
 */
#include "attack.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

enum { PAGE = 4096, NAME_SIZE = 64, CALLS = 472, DESCRIPTORS = 24, FAVOURITES = 6, REFILL = 8, LIMIT_MS = 1000, NAP_MS = 2 };
enum { GAP_BEGIN = 335, GAP_END = 424 }; /* numbers that amd64 never gave out */

static const char *const names[] = {
    "a", "b", "d", "d/x", "d/m", "f", "..", "", "/tmp", "/sys", "/dev/null", "/dev/ptmx", "/dev/fd/4", "/dev/shm/z",
    "/proc/self/fd/3", "/proc/self/mem", "/proc/self/ns/mnt", "/proc/self/task", "/proc/1/root",
    "tmpfs", "proc", "cgroup2", "mqueue", "devpts", "user.x",
};
enum { NAMES = sizeof names / sizeof *names };

/* A page of values, one of names, and one that cannot be touched. */
static char *values, *words;

static uint64_t below(uint64_t limit) { return random64() % limit; }

/* Calls that end or stop the process itself, or take its memory away: others find bugs there. */
static int is_left_out(long nr) {
  static const int out[] = {
      SYS_exit, SYS_exit_group, SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_execveat, SYS_kill, SYS_tkill,
      SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_rt_sigprocmask,
      SYS_pause, SYS_alarm, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_brk, SYS_reboot,
  };
  for (size_t i = 0; i < sizeof out / sizeof *out; i++)
    if (nr == out[i]) return 1;
  return nr >= GAP_BEGIN && nr < GAP_END;
}

static long argument(void) {
  switch (below(14)) {
    case 0: return 0;
    case 1: return -1;
    case 2: case 3: case 4: return (long)below(DESCRIPTORS);
    case 5: return (long)(values + below(16) * 256);
    case 6: case 7: return (long)(words + below(NAMES) * NAME_SIZE);
    case 8: return AT_FDCWD;
    case 9: return 1L << below(48);
    case 10: return 1L << below(20) | 1L << below(20);
    case 11: return below(4) ? (long)below(5000) : (long)random64();
    case 12: return (long)(words + PAGE - 8); /* runs into the page that is not there */
    default: return (long)(PAGE * below(4));
  }
}

static void fill(void) {
  uint64_t *word = (uint64_t *)values;
  for (int i = 0; i < PAGE / 8; i++) switch (below(6)) {
      case 0: word[i] = 0; break;
      case 1: word[i] = below(DESCRIPTORS); break;
      case 2: word[i] = (uint64_t)(values + below(PAGE)); break;
      case 3: word[i] = 1ull << below(40); break;
      case 4: word[i] = below(DESCRIPTORS) | below(DESCRIPTORS) << 32; break;
      default: word[i] = below(3) ? 0 : random64();
    }
}

/* Namespaces of its own for most; a directory, mounts in it, and one descriptor of each kind. */
static void furnish(void) {
  values = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  words = values + PAGE;
  mprotect(words + PAGE, PAGE, PROT_NONE);
  int others = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  int isApart = below(3) != 0 && unshare(CLONE_NEWNS | CLONE_NEWUSER | (below(2) ? others : 0)) == 0;
  char place[64];
  snprintf(place, sizeof place, "/tmp/sequences-%d", getpid());
  if (mkdir(place, 0755) != 0 || chdir(place) != 0) exit(1);
  mkdir("d", 0755);
  if (isApart) {
    mount("t", "d", "tmpfs", 0, NULL);
    mkdir("d/m", 0755);
    mount("t", "d/m", "tmpfs", 0, NULL);
  }
  int pair[2];
  open("f", O_CREAT | O_RDWR, 0644);
  if (pipe(pair) != 0) exit(1);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  socket(AF_INET, SOCK_DGRAM, 0);
  socket(AF_INET, SOCK_STREAM, 0);
  socket(AF_NETLINK, SOCK_RAW, 0);
  epoll_create1(0);
  eventfd(0, 0);
  timerfd_create(CLOCK_MONOTONIC, 0);
  memfd_create("x", MFD_ALLOW_SEALING);
  inotify_init();
  open("d", O_RDONLY | O_DIRECTORY);
  syscall(SYS_pidfd_open, getpid(), 0);
  open("/dev/ptmx", O_RDWR);
  open("/proc/self/status", O_RDONLY);
  syscall(SYS_open_tree, AT_FDCWD, "d", OPEN_TREE_CLONE | AT_RECURSIVE);
}

static void one_call(long nr) {
  long a = argument(), b = argument(), c = argument(), d = argument(), e = argument(), f = argument();
  /* Its own streams and memory stay, or the rest of the sequence is wasted. */
  if (nr == SYS_mmap) a = 0;
  if ((nr == SYS_close || nr == SYS_close_range) && a < 3) a = 3 + (long)below(DESCRIPTORS);
  if (nr == SYS_close_range) b = a;
  if ((nr == SYS_dup2 || nr == SYS_dup3) && b < 3) b = 3 + (long)below(DESCRIPTORS);
  syscall(nr, a, b, c, d, e, f);
}

static void sequence(int count) {
  furnish();
  long favourites[FAVOURITES];
  for (int i = 0; i < FAVOURITES; i++) favourites[i] = (long)below(CALLS);
  for (int i = 0; i < count; i++) {
    if (i % REFILL == 0) fill();
    for (int j = 0; j < NAMES; j++) strcpy(words + j * NAME_SIZE, names[j]);
    if (below(4) == 0) fcntl((int)below(DESCRIPTORS), F_SETFL, O_NONBLOCK);
    long nr;
    do nr = below(3) ? (long)below(CALLS) : favourites[below(FAVOURITES)];
    while (is_left_out(nr));
    one_call(nr);
  }
}

/* Most sequences end in a call that waits for ever; and they may have done away with any alarm. */
static int end_in_time(pid_t child) {
  for (int ms = 0; ms < LIMIT_MS; ms += NAP_MS) {
    if (waitpid(child, NULL, WNOHANG) == child) return 1;
    nap(NAP_MS);
  }
  kill(child, SIGKILL);
  return waitpid(child, NULL, 0) == child;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  uint64_t seed = strtoull(argv[1], NULL, 0);
  for (int round = 0; round < atoi(argv[2]); round++) {
    pid_t child = fork();
    if (child == 0) {
      random_state = (seed * 1000003 + (uint64_t)round) * 0x9e3779b97f4a7c15ull | 1;
      sequence(atoi(argv[3]));
      _exit(0);
    }
    if (child < 0 || !end_in_time(child)) return 1;
    printf("%d ", round);
    fflush(stdout);
  }
  puts("alive");
  return 0;
}
