/* sockets: latency, throughput and connections between two processes of one machine. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include "timing.h"

enum { CHUNK = 65536 };
static char buffer[CHUNK];
static int ours, theirs, listener;
static struct sockaddr_in address = {.sin_family = AF_INET};

static void echo(void) {
  close(ours);
  for (ssize_t got; (got = recv(theirs, buffer, CHUNK, 0)) > 0;)
    if (send(theirs, buffer, (size_t)got, 0) != got) break;
}

static void drain(void) {
  close(ours);
  while (recv(theirs, buffer, CHUNK, 0) > 0) continue;
}

static void drop(void) {
  for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) close(fd);
}

static void listen_tcp(void) {
  socklen_t length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  NEED((listener = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
  NEED(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
  NEED(listen(listener, 128) == 0);
  NEED(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
}

static void connect_tcp(void) {
  int on = 1;
  listen_tcp();
  NEED((ours = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
  NEED(connect(ours, (struct sockaddr *)&address, sizeof address) == 0);
  NEED((theirs = accept(listener, NULL, NULL)) >= 0);
  NEED(setsockopt(ours, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
  NEED(setsockopt(theirs, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

static void connect_unix(int type) {
  int pair[2];
  NEED(socketpair(AF_UNIX, type, 0, pair) == 0);
  ours = pair[0];
  theirs = pair[1];
}

static void connect_udp(void) {
  struct sockaddr_in mine = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  mine.sin_addr.s_addr = address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  NEED((ours = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
  NEED((theirs = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
  NEED(bind(ours, (struct sockaddr *)&mine, sizeof mine) == 0);
  NEED(bind(theirs, (struct sockaddr *)&address, sizeof address) == 0);
  NEED(getsockname(ours, (struct sockaddr *)&mine, &length) == 0);
  NEED(getsockname(theirs, (struct sockaddr *)&address, &length) == 0);
  NEED(connect(ours, (struct sockaddr *)&address, sizeof address) == 0);
  NEED(connect(theirs, (struct sockaddr *)&mine, sizeof mine) == 0);
}

static void prepare_unix(void) {
  connect_unix(SOCK_STREAM);
  with_partner(echo);
}

static void prepare_unix_stream(void) {
  connect_unix(SOCK_STREAM);
  with_partner(drain);
}

static void prepare_tcp(void) {
  connect_tcp();
  with_partner(echo);
}

static void prepare_tcp_stream(void) {
  connect_tcp();
  with_partner(drain);
}

static void prepare_udp(void) {
  connect_udp();
  with_partner(echo);
}

static void prepare_accept(void) {
  listen_tcp();
  with_partner(drop);
}

static void run_ping_pong(long count) {
  while (count-- > 0) NEED(send(ours, buffer, 1, 0) == 1 && recv(ours, buffer, CHUNK, 0) == 1);
}

static void run_stream(long count) {
  while (count-- > 0) NEED(send(ours, buffer, CHUNK, 0) == CHUNK);
}

/* Ends when the other side has closed too, so no connection is left in the queue. */
static void run_connect(long count) {
  for (int fd; count-- > 0;) {
    NEED((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
    NEED(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    NEED(recv(fd, buffer, 1, 0) == 0 && close(fd) == 0);
  }
}

static const struct operation operations[] = {
    {"unix-ping-pong", run_ping_pong, prepare_unix, 0},
    {"unix-stream", run_stream, prepare_unix_stream, CHUNK},
    {"tcp-ping-pong", run_ping_pong, prepare_tcp, 0},
    {"tcp-stream", run_stream, prepare_tcp_stream, CHUNK},
    {"tcp-connect", run_connect, prepare_accept, 0},
    {"udp-ping-pong", run_ping_pong, prepare_udp, 0},
    {0},
};

int main(int argc, char **argv) { return measure(operations, argc, argv); }
