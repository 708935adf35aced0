/*
 * json: values of a JSON text, as spans of it. For what JSON.stringify has written: no spaces between
 * tokens, names without escapes. Anything else is "nothing", and never read beyond its end.
 */
#include <string.h>

#include "front.h"

static const struct span NOTHING = {NULL, NULL};

/* Behind the string that begins at `at`; NULL if it does not end. */
static const char *after_string(const char *at, const char *end) {
  for (at++; at < end; at++) {
    if (*at == '"') return at + 1;
    if (*at == '\\') at++;
  }
  return NULL;
}

/* Behind the value that begins at `at` in a list or an object: where what separates it stands. */
static const char *after_value(const char *at, const char *end) {
  int depth = 0;
  while (at != NULL && at < end) {
    if (depth == 0 && strchr(",:]}", *at) != NULL) return at;
    if (*at == '"') {
      at = after_string(at, end);
      continue;
    }
    if (*at == '{' || *at == '[') depth++;
    if (*at == '}' || *at == ']') depth--;
    at++;
  }
  return NULL;
}

/* The next value of what is left of a list or an object. `value->end` is always in the text. */
int json_next(struct span *rest, struct span *value) {
  if (rest->at == NULL) return 0;
  const char *end = after_value(rest->at, rest->end);
  if (end == NULL || end == rest->at) return 0;
  *value = (struct span){rest->at, end};
  rest->at = end + 1;
  return 1;
}

static struct span inside(struct span value, char open, char close) {
  if (value.at == NULL || value.end - value.at < 2) return NOTHING;
  if (*value.at != open || value.end[-1] != close) return NOTHING;
  return (struct span){value.at + 1, value.end};
}

/* The next member of what is left of an object. */
static int next_member(struct span *rest, struct span *name, struct span *value) {
  return json_next(rest, name) && *name->end == ':' && json_next(rest, value) && *value->end != ':';
}

struct span json_member(struct span object, const char *name) {
  struct span rest = inside(object, '{', '}'), key, value;
  while (next_member(&rest, &key, &value))
    if (json_is(key, name)) return value;
  return NOTHING;
}

/* Is it an object, whole, with members of these names and no others? */
int json_knows(struct span object, const char *const *names) {
  struct span rest = inside(object, '{', '}'), key, value = {rest.at, rest.at};
  if (rest.at == NULL) return 0;
  while (next_member(&rest, &key, &value)) {
    const char *const *name = names;
    while (*name != NULL && !json_is(key, *name)) name++;
    if (*name == NULL) return 0;
  }
  return value.end == object.end - 1;
}

/* Is it this string? */
int json_is(struct span value, const char *text) {
  size_t length = strlen(text);
  return value.at != NULL && (size_t)(value.end - value.at) == length + 2 && *value.at == '"' &&
         memcmp(value.at + 1, text, length) == 0 && value.end[-1] == '"';
}

/* A whole number that is not negative, or -1. */
long long json_number(struct span value) {
  long long number = 0;
  if (value.at == NULL || value.end == value.at || value.end - value.at > 18) return -1;
  for (const char *at = value.at; at < value.end; at++) {
    if (*at < '0' || *at > '9') return -1;
    number = number * 10 + (*at - '0');
  }
  return number;
}

/* A string without escapes; 0 when it is none, or does not fit. */
int json_string(struct span value, char *into, size_t size) {
  struct span text = inside(value, '"', '"');
  if (text.at == NULL) return 0;
  size_t length = (size_t)(text.end - text.at) - 1;
  if (length >= size || memchr(text.at, '\\', length) != NULL) return 0;
  memcpy(into, text.at, length);
  into[length] = 0;
  return 1;
}
