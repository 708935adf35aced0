/* namespace: a process has a number in its own pid namespace and in each one above, and is told numbers of its own.
 *
 * pid_namespaces(7); clone(2), kill(2), waitid(2), unix(7), fcntl(2), getpgrp(2), proc_pid_status(5).
 */
#include "case.h"

#include <linux/sched.h>
#include <sys/socket.h>

static pid_t clone_into(unsigned long long flags, pid_t *parent_tid, pid_t *child_tid) {
  struct clone_args args = {
    .flags = flags, .exit_signal = SIGCHLD,
    .parent_tid = (uintptr_t)parent_tid, .child_tid = (uintptr_t)child_tid,
  };
  pid_t child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) alarm(WATCHDOG_SECONDS);
  return child;
}

static siginfo_t last;
static void note(int number, siginfo_t *info, void *context) { (void)number; (void)context; last = *info; }

static void show_peer(const char *name, int fd) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  must("SO_PEERCRED", getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length));
  say("%s: pid %s", name, peer.pid == 0 ? "0" : peer.pid == 1 ? "1" : peer.pid == getpid() ? "own" : "other");
}

/** Receive one byte with the sender's credentials. */
static pid_t sender_of(int fd) {
  char byte, control[CMSG_SPACE(sizeof(struct ucred))];
  struct iovec part = { &byte, 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
  must("recvmsg", recvmsg(fd, &message, 0));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  return ((struct ucred *)CMSG_DATA(header))->pid;
}

static int send_as(int fd, pid_t pid) {
  char byte = 'x', control[CMSG_SPACE(sizeof(struct ucred))] = { 0 };
  struct iovec part = { &byte, 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS, .cmsg_len = CMSG_LEN(sizeof(struct ucred)) };
  *(struct ucred *)CMSG_DATA(header) = (struct ucred){ .pid = pid, .uid = getuid(), .gid = getgid() };
  return sendmsg(fd, &message, 0);
}

int main(void) {
  pid_t seen_by_parent = -1, outer = getpid();
  static pid_t seen_by_child = -1;
  int pair[2], one = 1;
  must("socketpair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
  setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
  struct gate looked = gate_make(), told = gate_make(), done = gate_make();
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int file = must("open", open("locked", O_RDWR | O_CREAT, 0644));
  must("lock", fcntl(file, F_SETLK, &lock));
  on_siginfo(SIGUSR1, note, 0);
  on_siginfo(SIGCHLD, note, 0);
  int owned[2];
  must("pipe", pipe(owned));
  must("F_SETOWN", fcntl(owned[0], F_SETOWN, outer));

  pid_t child = clone_into(CLONE_NEWPID | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, &seen_by_parent, &seen_by_child);
  if (child == 0) {
    show("getpid", getpid());
    show("gettid", syscall(SYS_gettid));
    show("getppid", getppid());
    show("CLONE_CHILD_SETTID", seen_by_child);
    gate_wait(looked);
    show("getpgrp", getpgrp());
    show("getsid", getsid(0));
    show("getpgid of nobody seen", getpgid(outer));
    show("kill of nobody seen", kill(outer, 0));
    show("setpgid", setpgid(0, 0));
    show("getpgrp", getpgrp());
    show("setsid of a leader", setsid());
    struct flock other = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    must("F_GETLK", fcntl(file, F_GETLK, &other));
    show("F_GETLK of one not seen", other.l_pid);
    show("F_GETOWN of one not seen", fcntl(owned[0], F_GETOWN));
    show("F_SETOWN of nobody", fcntl(owned[0], F_SETOWN, outer));
    show_peer("a peer not seen", pair[1]);
    gate_wait(told);
    show("SCM_CREDENTIALS of one not seen", sender_of(pair[1]));
    show("si_pid of one not seen", last.si_pid);
    show("si_code of it", last.si_code);
    must("send", send(pair[1], "x", 1, 0));
    show_ok("stated own pid", send_as(pair[1], getpid()));
    show("stated pid of nobody", send_as(pair[1], 4000));
    /* Siblings. */
    pid_t second = spawn();
    if (second == 0) {
      show("second's pid", getpid());
      show("second's parent", getppid());
      must("kill", kill(1, SIGUSR1));
      pid_t third = clone_into(CLONE_NEWPID, NULL, NULL);
      if (third == 0) {
        char status[4096];
        show("one further in", getpid());
        slurp("/proc/thread-self/status", status, sizeof status);
        char *line = strstr(status, "NSpid:");
        check("status shows three numbers", line && sscanf(line, "NSpid: %*d %*d %d", &(int){ 0 }) == 1);
        _exit(3);
      }
      reap("third", third);
      show("third's pid", third);
      _exit(2);
    }
    reap("second", second);
    show("si_pid of a child", last.si_pid);
    gate_open(done);
    _exit(1);
  }
  int is_ours = getpgid(child) == getpgrp();
  gate_open(looked);
  must("kill", kill(child, SIGUSR1));
  must("send", send(pair[0], "x", 1, 0));
  gate_open(told);
  pid_t sender = sender_of(pair[0]), stated = sender_of(pair[0]);
  gate_wait(done);
  check("the parent's number", child > 1 && child == seen_by_parent);
  check("its group was ours", is_ours);
  check("SCM_CREDENTIALS of the child", sender == child);
  check("SCM_CREDENTIALS that it stated", stated == child);
  siginfo_t info;
  must("waitid", waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  check("waitid tells the parent's number", info.si_pid == child);
  reap("child", child);
  check("SIGCHLD too", last.si_pid == child && last.si_signo == SIGCHLD);
  return 0;
}
