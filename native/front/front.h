/*
 * front.h: what the parts of the front share.
 * A function that gives UNKNOWN has changed nothing that the same command in Node would mind: Node does it
 * then, and says what is wrong.
 */
#ifndef TVISOR_FRONT_H
#define TVISOR_FRONT_H

#include <stddef.h>
#include <sys/types.h>

/* UNKNOWN: not for the front to answer. GONE: what was looked for is not there. SILENT: nobody answers. */
enum { UNKNOWN = -1, GONE = -2, SILENT = -3 };

/* json.c: JSON that was written without spaces, read where it lies. */
struct span {
  const char *at, *end; /* at == NULL: nothing */
};
struct span json_member(struct span object, const char *name);
int json_knows(struct span object, const char *const *names);
int json_is(struct span value, const char *text);
long long json_number(struct span value);
int json_string(struct span value, char *into, size_t size);
int json_next(struct span *rest, struct span *value);

/* container.c: what is kept of a container, and its sandbox. */
struct container {
  const char *root, *id;
  int directory;
  struct span record;
};
struct options {
  const char *root, *log;
  int logs_json;
};
int container_find(struct container *c, const char *root, const char *id);
int container_lock(const struct container *c);
int container_read(struct container *c);
int container_ask(const struct container *c, const char *request, char *answer, size_t size);

/* early.c */
void start_early(char **node, char **words);

/* A word that is this option, with one dash or two. */
int is_option(const char *word, const char *name);

#endif
