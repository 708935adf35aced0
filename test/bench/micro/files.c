/* files: names, attributes, reads and writes of one file in a fresh directory. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "timing.h"

enum { LARGEST = 1 << 20, ENTRIES = 200 };
static char buffer[LARGEST];
static char place[4096];
static int file, bytes_source;

static void remove_place(void) {
  DIR *all = opendir(".");
  for (struct dirent *entry; all != NULL && (entry = readdir(all)) != NULL;) unlink(entry->d_name);
  rmdir(place);
}

/* Under $TMPDIR, which the harness puts on a file system in memory. */
static void prepare_place(void) {
  const char *parent = getenv("TMPDIR");
  snprintf(place, sizeof place, "%s/bench-XXXXXX", parent != NULL ? parent : "/tmp");
  NEED(mkdtemp(place) != NULL && chdir(place) == 0);
  atexit(remove_place);
}

static void prepare_file(void) {
  prepare_place();
  NEED((file = open("file", O_RDWR | O_CREAT, 0600)) >= 0);
  NEED(write(file, buffer, LARGEST) == LARGEST);
}

static void prepare_zero(void) { NEED((bytes_source = open("/dev/zero", O_RDONLY)) >= 0); }

static void prepare_entries(void) {
  char name[32];
  prepare_place();
  for (int i = 0; i < ENTRIES; i++) {
    snprintf(name, sizeof name, "entry-%d", i);
    NEED((file = open(name, O_CREAT | O_WRONLY, 0600)) >= 0 && close(file) == 0);
  }
}

static void run_stat(long count) {
  struct stat st;
  while (count-- > 0) NEED(stat("file", &st) == 0);
}

static void run_stat_host(long count) {
  struct stat st;
  while (count-- > 0) NEED(stat("/usr/bin/env", &st) == 0);
}

static void run_stat_missing(long count) {
  struct stat st;
  while (count-- > 0) NEED(stat("/usr/bin/no-such-program", &st) < 0 && errno == ENOENT);
}

static void run_fstat(long count) {
  struct stat st;
  while (count-- > 0) NEED(fstat(file, &st) == 0);
}

static void run_open(long count) {
  for (int fd; count-- > 0;) NEED((fd = open("/usr/bin/env", O_RDONLY)) >= 0 && close(fd) == 0);
}

static void run_create(long count) {
  for (int fd; count-- > 0;)
    NEED((fd = open("new", O_CREAT | O_EXCL | O_WRONLY, 0600)) >= 0 && close(fd) == 0 &&
         unlink("new") == 0);
}

static void run_rename(long count) {
  while (count-- > 0) NEED(rename("file", "name") == 0 && rename("name", "file") == 0);
}

static void run_readdir(long count) {
  while (count-- > 0) {
    int seen = 0;
    DIR *all = opendir(".");
    NEED(all != NULL);
    while (readdir(all) != NULL) seen++;
    NEED(closedir(all) == 0 && seen == ENTRIES + 2);
  }
}

static void run_read_zero(long count) {
  while (count-- > 0) NEED(read(bytes_source, buffer, 1) == 1);
}

#define TRANSFER(name, call, size)                             \
  static void run_##name(long count) {                         \
    while (count-- > 0) NEED(call(file, buffer, size, 0) == size); \
  }
TRANSFER(pread_1, pread, 1)
TRANSFER(pread_4k, pread, 4096)
TRANSFER(pread_64k, pread, 65536)
TRANSFER(pread_1m, pread, LARGEST)
TRANSFER(pwrite_1, pwrite, 1)
TRANSFER(pwrite_4k, pwrite, 4096)
TRANSFER(pwrite_64k, pwrite, 65536)
TRANSFER(pwrite_1m, pwrite, LARGEST)

static void run_host_pread(long count) {
  while (count-- > 0) NEED(pread(file, buffer, 4096, 0) == 4096);
}

static void prepare_host(void) { NEED((file = open("/usr/bin/env", O_RDONLY)) >= 0); }

static const struct operation operations[] = {
    {"stat", run_stat, prepare_file, 0},
    {"stat-host", run_stat_host, NULL, 0},
    {"stat-missing", run_stat_missing, NULL, 0},
    {"fstat", run_fstat, prepare_file, 0},
    {"open-close", run_open, NULL, 0},
    {"create-unlink", run_create, prepare_place, 0},
    {"rename-twice", run_rename, prepare_file, 0},
    {"readdir-200", run_readdir, prepare_entries, 0},
    {"read-zero-1", run_read_zero, prepare_zero, 0},
    {"pread-host-4k", run_host_pread, prepare_host, 0},
    {"pread-1", run_pread_1, prepare_file, 0},
    {"pread-4k", run_pread_4k, prepare_file, 0},
    {"pread-64k", run_pread_64k, prepare_file, 0},
    {"pread-1m", run_pread_1m, prepare_file, 0},
    {"pwrite-1", run_pwrite_1, prepare_file, 0},
    {"pwrite-4k", run_pwrite_4k, prepare_file, 0},
    {"pwrite-64k", run_pwrite_64k, prepare_file, 0},
    {"pwrite-1m", run_pwrite_1m, prepare_file, 0},
    {0},
};

int main(int argc, char **argv) { return measure(operations, argc, argv); }
