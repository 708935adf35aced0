/* file: large reads and writes move every byte, stop where memory ends, and do not mix when threads make them at once.
 *
 * read(2), write(2), readv(2), pipe(7). Each is repeated: what is often done may be done in another way.
 */
// flags: -pthread
#include "case.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>

enum { SIZE = 1 << 20, TIMES = 20, THREADS = 6, PAGE = 4096 };

/* What byte `i` of the file is; no page is like another. */
static uint8_t pattern(size_t i) { return (uint8_t)(i * 7 + i / PAGE * 13 + i / 65536); }

static uint8_t *room(size_t length) {
  uint8_t *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) must("mmap", -1);
  return at;
}

static int is_right(const uint8_t *bytes, size_t from, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != pattern(from + i)) return 0;
  return 1;
}

static int file;

static void whole(void) {
  uint8_t *bytes = room(SIZE);
  int right = 1;
  for (int i = 0; i < TIMES; i++) {
    memset(bytes, 0, SIZE);
    size_t from = (size_t)i * 1000, length = SIZE - from;
    right &= pread(file, bytes, length, (off_t)from) == (ssize_t)length && is_right(bytes, from, length);
    right &= pwrite(file, bytes, length, (off_t)from) == (ssize_t)length;
  }
  check("read and written whole", right);
  munmap(bytes, SIZE);
}

/* Memory that ends after 100 pages, or may be only read from there on. */
static void with_end(void) {
  uint8_t *bytes = room(SIZE);
  munmap(bytes + 100 * PAGE, SIZE - 100 * PAGE);
  long shortest = 0, written = 0;
  for (int i = 0; i < TIMES; i++) {
    shortest += pread(file, bytes, SIZE, 0) == 100 * PAGE;
    written += pwrite(file, bytes + 1, SIZE, 1) == 100 * PAGE - 1;
  }
  show("reads that stop at the end of memory", shortest);
  show("writes that do", written);
  check("bytes before it", is_right(bytes, 0, 100 * PAGE));
  mprotect(bytes, 100 * PAGE, PROT_READ);
  show("read into memory that is only read", pread(file, bytes, 100 * PAGE, 0));
  show("write from it", pwrite(file, bytes, 100 * PAGE, 0));
  munmap(bytes, 100 * PAGE);
}

/* Buffers on top of each other: later ones win. */
static void vectors(void) {
  uint8_t *bytes = room(SIZE);
  struct iovec parts[4] = { { bytes, 200000 }, { bytes + 100000, 50000 }, { bytes + 120000, 100 }, { bytes + 300000, 300000 } };
  int right = 1;
  for (int i = 0; i < TIMES; i++) {
    right &= preadv(file, parts, 4, 0) == 550100;
    right &= is_right(bytes, 0, 100000) && is_right(bytes + 100000, 200000, 20000) &&
             is_right(bytes + 120000, 250000, 100) && is_right(bytes + 120100, 220100, 29900) &&
             is_right(bytes + 150000, 150000, 50000) && is_right(bytes + 300000, 250100, 300000);
  }
  check("vectors", right);
  munmap(bytes, SIZE);
}

static void *reader(void *argument) {
  size_t from = (size_t)(uintptr_t)argument * 50000, length = 300000;
  uint8_t *bytes = room(length);
  long right = 0;
  for (int i = 0; i < TIMES; i++) {
    memset(bytes, 0, length);
    right += pread(file, bytes, length, (off_t)from) == (ssize_t)length && is_right(bytes, from, length) &&
             pwrite(file, bytes, length, (off_t)from) == (ssize_t)length;
  }
  munmap(bytes, length);
  return (void *)right;
}

static void threads(void) {
  pthread_t all[THREADS];
  long right = 0;
  for (long i = 0; i < THREADS; i++) must("pthread_create", -pthread_create(&all[i], NULL, reader, (void *)i));
  for (int i = 0; i < THREADS; i++) {
    void *result;
    pthread_join(all[i], &result);
    right += (long)result;
  }
  show("by threads at once", right);
}

/* A pipe that is smaller than what is written: both sides wait for each other, with parts moved. */
static void through_pipe(void) {
  int ends[2];
  must("pipe", pipe(ends));
  pid_t child = spawn();
  if (child == 0) {
    uint8_t *bytes = room(SIZE);
    int right = 1;
    for (int i = 0; i < 5; i++) {
      size_t got = 0;
      for (ssize_t n; got < SIZE && (n = read(ends[0], bytes + got, SIZE - got)) > 0;) got += (size_t)n;
      right &= got == SIZE && is_right(bytes, 0, SIZE);
    }
    _exit(right ? 0 : 1);
  }
  uint8_t *bytes = room(SIZE);
  must("read", pread(file, bytes, SIZE, 0));
  int whole = 1;
  for (int i = 0; i < 5; i++) whole &= write(ends[1], bytes, SIZE) == SIZE;
  check("written to a pipe", whole);
  reap("and read from it", child);
}

int main(void) {
  uint8_t *bytes = room(SIZE);
  for (size_t i = 0; i < SIZE; i++) bytes[i] = pattern(i);
  file = must("open", open("file", O_RDWR | O_CREAT, 0644));
  show("write", write(file, bytes, SIZE));
  munmap(bytes, SIZE);
  whole();
  with_end();
  vectors();
  threads();
  through_pipe();
  check("the file in the end", pread(file, bytes = room(SIZE), SIZE, 0) == SIZE && is_right(bytes, 0, SIZE));
  return 0;
}
