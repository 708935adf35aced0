/*
 * container: what is kept of a container (src/oci/store.ts) and its sandbox's control socket
 * (src/control/messages.ts), as far as the front needs them. Nothing that it opens outlives an exec.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "front.h"

enum { MOST_RECORD = 1 << 20, MOST_ID = 1024, PATIENCE_MS = 10000 };
/* The first byte of a packet whose message is in the packet (src/host/packets.ts). */
enum { IN_LINE = 0 };

/* A record with a member that is not named here is for Node to read. */
static const char *const MEMBERS[] = {
    "version", "id",           "bundle",  "rootfs",  "created", "owner",     "annotations",
    "sandbox", "mayBeJoined", "process", "cgroups", "hooks",   "resources", "logs", NULL,
};

static int is_id(const char *id) {
  size_t length = strlen(id);
  if (length == 0 || length > MOST_ID || strcmp(id, ".") == 0 || strcmp(id, "..") == 0) return 0;
  for (const char *at = id; *at != 0; at++)
    if (!isalnum((unsigned char)*at) && strchr("_+.-", *at) == NULL) return 0;
  return 1;
}

static int read_record(struct container *c) {
  int file = openat(c->directory, "state.json", O_RDONLY | O_CLOEXEC);
  if (file < 0) return UNKNOWN;
  char *text = malloc(MOST_RECORD);
  size_t length = 0;
  ssize_t n = text == NULL ? -1 : 1;
  while (n > 0 && length < MOST_RECORD) {
    n = read(file, text + length, MOST_RECORD - length);
    if (n > 0) length += (size_t)n;
  }
  close(file);
  if (n != 0) return UNKNOWN;
  c->record = (struct span){text, text + length};
  return 0;
}

/* GONE when there is nothing of that id. */
int container_find(struct container *c, const char *root, const char *id) {
  char path[4096];
  *c = (struct container){.root = root, .id = id};
  if (!is_id(id) || (size_t)snprintf(path, sizeof path, "%s/%s", root, id) >= sizeof path) return UNKNOWN;
  c->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (c->directory < 0) return errno == ENOENT ? GONE : UNKNOWN;
  return 0;
}

/* Be the only command that changes it, until the end of this process or its exec. */
int container_lock(const struct container *c) {
  return flock(c->directory, LOCK_EX) == 0 ? 0 : UNKNOWN;
}

/* Its record. Only a container with a sandbox of its own is the front's matter. */
int container_read(struct container *c) {
  if (read_record(c) != 0) return UNKNOWN;
  int is_plain = json_number(json_member(c->record, "version")) == 1 &&
                 json_knows(c->record, MEMBERS) && json_is(json_member(c->record, "id"), c->id) &&
                 json_is(json_member(c->record, "sandbox"), c->id);
  return is_plain ? 0 : UNKNOWN;
}

static int reach(const struct container *c) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", c->directory);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return UNKNOWN;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  int is_gone = errno == ECONNREFUSED || errno == ENOENT;
  close(fd);
  return is_gone ? GONE : UNKNOWN;
}

/*
 * One request to the sandbox; the length of its answer. GONE when there is no sandbox any more, SILENT when
 * it has the request and does not answer. What it answers is a guest's word at worst: it is held against
 * the few answers that are known.
 */
int container_ask(const struct container *c, const char *request, char *answer, size_t size) {
  char packet[2048];
  size_t length = (size_t)snprintf(packet + 1, sizeof packet - 1, "%s", request);
  if (length >= sizeof packet - 1) return UNKNOWN;
  packet[0] = IN_LINE;
  int fd = reach(c);
  if (fd < 0) return fd;
  ssize_t n = send(fd, packet, length + 1, MSG_NOSIGNAL);
  char first[4096];
  struct pollfd watch = {.fd = fd, .events = POLLIN};
  if (n > 0 && poll(&watch, 1, PATIENCE_MS) == 0) {
    close(fd);
    return SILENT;
  }
  if (n > 0) n = recv(fd, first, sizeof first, MSG_TRUNC);
  int error = errno;
  close(fd);
  if (n == 0 || (n < 0 && (error == EPIPE || error == ECONNRESET))) return GONE;
  if (n < 2 || n > (ssize_t)sizeof first || first[0] != IN_LINE || (size_t)n > size) return UNKNOWN;
  memcpy(answer, first + 1, (size_t)n - 1);
  return (int)n - 1;
}
