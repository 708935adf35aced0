/* Processes and threads that wait in every kind of call that can wait. Prints a line when all of them do. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char byte;
static int ends[2], queue, semaphores, file;

static void in_read(void) { read(ends[0], &byte, 1); }
static void in_write(void) {
  int full[2];
  pipe(full);
  for (;;) write(full[1], "0123456789abcdef", 16);
}
static void in_nanosleep(void) { sleep(1000); }
static void in_pause(void) { pause(); }
static void in_sigsuspend(void) {
  sigset_t none;
  sigemptyset(&none);
  sigsuspend(&none);
}
static void in_sigtimedwait(void) {
  sigset_t usr;
  sigemptyset(&usr);
  sigaddset(&usr, SIGUSR1);
  sigprocmask(SIG_BLOCK, &usr, NULL);
  sigwaitinfo(&usr, NULL);
}
static void in_poll(void) {
  struct pollfd wants = {ends[0], POLLIN, 0};
  poll(&wants, 1, 1000000);
}
static void in_select(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  select(ends[0] + 1, &set, NULL, NULL, NULL);
}
static void in_epoll(void) {
  int set = epoll_create1(0);
  struct epoll_event wants = {.events = EPOLLIN | EPOLLET}, got;
  epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &wants);
  epoll_wait(set, &got, 1, -1);
}
static void in_eventfd(void) {
  int fd = eventfd(0, 0);
  read(fd, (uint64_t[1]){0}, 8);
}
static void in_timerfd(void) {
  int fd = timerfd_create(CLOCK_REALTIME, 0);
  struct itimerspec far = {.it_value.tv_sec = 1000};
  timerfd_settime(fd, 0, &far, NULL);
  read(fd, (uint64_t[1]){0}, 8);
}
static void in_signalfd(void) {
  sigset_t usr;
  sigemptyset(&usr);
  sigaddset(&usr, SIGUSR2);
  sigprocmask(SIG_BLOCK, &usr, NULL);
  struct signalfd_siginfo info;
  read(signalfd(-1, &usr, 0), &info, sizeof info);
}
static void in_inotify(void) {
  int fd = inotify_init1(0);
  char event[512];
  inotify_add_watch(fd, "/tmp/waiting", IN_ALL_EVENTS);
  read(fd, event, sizeof event);
}
static void in_msgrcv(void) { msgrcv(queue, (long[2]){0, 0}, 8, 5, 0); }
static void in_semop(void) {
  struct sembuf down = {0, -1, SEM_UNDO};
  semop(semaphores, &down, 1);
}
static void in_mq_receive(void) {
  mqd_t mq = mq_open("/waiting", O_RDONLY | O_CREAT, 0600, NULL);
  static char message[65536];
  mq_receive(mq, message, sizeof message, NULL);
}
static void in_accept(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  listen(listener, 1);
  accept(listener, NULL, NULL);
}
static void in_unix_accept(void) {
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un name = {AF_UNIX, "/tmp/waiting.socket"};
  bind(listener, (struct sockaddr *)&name, sizeof name);
  listen(listener, 1);
  accept(listener, NULL, NULL);
}
static void in_recvmsg(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
  recv(pair[0], &byte, 1, 0);
}
static void in_udp(void) { recv(socket(AF_INET, SOCK_DGRAM, 0), &byte, 1, 0); }
static void in_netlink(void) { recv(socket(AF_NETLINK, SOCK_RAW, 0), &byte, 1, 0); }
static void in_flock(void) { flock(open("/tmp/waiting.lock", O_RDWR), LOCK_EX); }
static void in_lockf(void) {
  int fd = open("/tmp/waiting.lock", O_RDWR);
  lockf(fd, F_LOCK, 0);
}
static void in_fifo(void) { open("/tmp/waiting.fifo", O_RDONLY); }
static void in_waitid(void) {
  if (fork() == 0) pause();
  waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED);
}
static void in_vfork(void) {
  if (vfork() == 0) {
    pause();
    _exit(0);
  }
}
static void *hold(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}
static void in_futex(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_t thread;
  pthread_mutex_lock(&mutex);
  pthread_create(&thread, NULL, hold, &mutex);
  pthread_join(thread, NULL);
}
static void in_shared_futex(void) {
  pthread_cond_t *condition = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutex_t *mutex = (pthread_mutex_t *)(condition + 1);
  pthread_condattr_t shared;
  pthread_condattr_init(&shared);
  pthread_condattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(condition, &shared);
  pthread_mutex_init(mutex, NULL);
  pthread_mutex_lock(mutex);
  pthread_cond_wait(condition, mutex);
}
static void in_stop(void) { raise(SIGSTOP); }
static void in_itimer(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  struct itimerspec far = {.it_value.tv_sec = 1000};
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  timer_settime(timer, 0, &far, NULL);
  alarm(1000);
  pause();
}

static void (*const ways[])(void) = {
    in_read,     in_write,    in_nanosleep, in_pause,   in_sigsuspend, in_sigtimedwait, in_poll,
    in_select,   in_epoll,    in_eventfd,   in_timerfd, in_signalfd,   in_inotify,      in_msgrcv,
    in_semop,    in_mq_receive, in_accept,  in_unix_accept, in_recvmsg, in_udp,         in_netlink,
    in_flock,    in_lockf,    in_fifo,      in_waitid,  in_vfork,      in_futex,        in_shared_futex,
    in_stop,     in_itimer,
};

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  pipe(ends);
  queue = msgget(IPC_PRIVATE, 0600);
  semaphores = semget(IPC_PRIVATE, 1, 0600);
  msgsnd(queue, (long[2]){1, 0}, 8, 0);
  file = open("/tmp/waiting.lock", O_RDWR | O_CREAT, 0600);
  flock(file, LOCK_EX);
  lockf(file, F_LOCK, 0);
  mkfifo("/tmp/waiting.fifo", 0600);
  mkdir("/tmp/waiting", 0700);
  symlink("waiting", "/tmp/waiting.link");
  mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, open("/proc/self/exe", O_RDONLY), 0);
  open("/proc/self/status", O_RDONLY);
  open("/proc/sys/kernel/hostname", O_RDONLY);
  open("/sys/devices/system/cpu/online", O_RDONLY);
  open("/dev/null", O_RDWR);
  open("/dev/ptmx", O_RDWR);
  memfd_create("waiting", MFD_ALLOW_SEALING);
  for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
    if (fork() == 0) {
      ways[i]();
      printf("way %u did not wait\n", i);
      _exit(1);
    }
  while (wait(NULL) > 0) continue;
  return 0;
}
