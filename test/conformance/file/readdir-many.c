/* file: 2000 entries are listed exactly once, seekdir() returns to a place, and removal while listing is safe.
 *
 * getdents(2), readdir(3), telldir(3).
 */
#include "case.h"
#include <dirent.h>

static unsigned char seen[2000];

static int list(DIR *directory) {
  int count = 0, others = 0, number;
  memset(seen, 0, sizeof seen);
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (sscanf(entry->d_name, "entry-%d", &number) == 1 && entry->d_type == DT_REG) seen[number]++, count++;
    else others++;
  }
  int doubled = 0;
  for (int i = 0; i < 2000; i++) doubled += seen[i] > 1;
  say("entries %d, doubled %d, others %d", count, doubled, others);
  return count;
}

int main(void) {
  char name[32];
  make_file("seed", "");
  must("mkdir", mkdir("d", 0755));
  must("chdir", chdir("d"));
  for (int i = 0; i < 2000; i++) {
    snprintf(name, sizeof name, "entry-%d", i);
    must("link", link("../seed", name));
  }
  DIR *directory = opendir(".");
  list(directory);
  rewinddir(directory);
  list(directory);
  rewinddir(directory);
  for (int i = 0; i < 500; i++) readdir(directory);
  long place = telldir(directory);
  char first[256];
  strcpy(first, readdir(directory)->d_name);
  for (int i = 0; i < 700; i++) readdir(directory);
  seekdir(directory, place);
  check("seekdir returns to the same entry", strcmp(readdir(directory)->d_name, first) == 0);
  rewinddir(directory);
  int removed = 0;
  for (struct dirent *entry; (entry = readdir(directory));)
    if (entry->d_name[0] == 'e') removed += unlink(entry->d_name) == 0;
  show("removed while listing", removed);
  rewinddir(directory);
  list(directory);
  closedir(directory);
  show("rmdir", rmdir("../d"));
  return 0;
}
