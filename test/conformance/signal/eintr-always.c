/* signal: pause, poll, epoll_wait, nanosleep, sigsuspend and semaphores fail with EINTR even with SA_RESTART.
 *
 * signal(7): "The following interfaces are never restarted ... regardless of the use of SA_RESTART".
 */
#include "case.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>

static void handler(int number) {}

int main(void) {
  int ends[2], pair[2], epoll = epoll_create1(0), semaphores = semget(IPC_PRIVATE, 1, 0600);
  char byte;
  must("pipe", pipe(ends));
  must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  struct timeval timeout = { .tv_sec = 10 };
  must("SO_RCVTIMEO", setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  on_signal(SIGUSR1, handler, SA_RESTART);
  pid_t ticker = tick_start(SIGUSR1);
  show("pause", pause());
  show("poll", poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, -1));
  show("ppoll", ppoll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, &(struct timespec){ .tv_sec = 10 }, NULL));
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  show("select", select(ends[0] + 1, &set, NULL, NULL, NULL));
  struct epoll_event event;
  show("epoll_wait", epoll_wait(epoll, &event, 1, -1));
  struct timespec left = { 0 };
  show("nanosleep", nanosleep(&(struct timespec){ .tv_sec = 10 }, &left));
  check("time is left", left.tv_sec > 0 && left.tv_sec <= 10);
  show("semop", semop(semaphores, &(struct sembuf){ 0, -1, 0 }, 1));
  sigset_t none = set_of(0), hup = set_of(SIGHUP);
  show("sigsuspend", sigsuspend(&none));
  show("sigtimedwait", sigtimedwait(&hup, NULL, NULL));
  show("recv with SO_RCVTIMEO", recv(pair[0], &byte, 1, 0));
  tick_stop(ticker);
  semctl(semaphores, 0, IPC_RMID);
  return 0;
}
