#include "json.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *past_space(const char *at) { return at + strspn(at, " \n,:"); }

// Behind a value.
static const char *past(const char *at) {
  int depth = 0;
  do {
    if (*at == '"')
      for (++at; *at != '"'; ++at) at += *at == '\\';
    else if (*at == '{' || *at == '[') ++depth;
    else if (*at == '}' || *at == ']') --depth;
    ++at;
    // A number or a word ends where something else begins.
    if (depth == 0 && strchr("\"]}", at[-1]) == NULL) at += strcspn(at, " \n,]}");
  } while (depth > 0 && *at != '\0');
  return at;
}

static const char *inside(const char *at) {
  at = past_space(at);
  return *at == '\0' || *at == ']' || *at == '}' ? NULL : at;
}

const char *json_first(const char *array) { return array == NULL || *array != '[' ? NULL : inside(array + 1); }

const char *json_next(const char *value) { return inside(past(value)); }

const char *json_get(const char *object, const char *key) {
  if (object == NULL || *object != '{') return NULL;
  for (const char *at = inside(object + 1); at != NULL; at = json_next(at)) {
    const char *value = past_space(past(at));
    if (json_is(at, key)) return value;
    at = value;
  }
  return NULL;
}

int json_is(const char *value, const char *text) {
  size_t length = strlen(text);
  return value != NULL && *value == '"' && strncmp(value + 1, text, length) == 0 && value[1 + length] == '"';
}

const char *json_named(const char *array, const char *name) {
  for (const char *at = json_first(array); at != NULL; at = json_next(at))
    if (json_is(json_get(at, "name"), name)) return at;
  return NULL;
}

const char *json_text(const char *value) {
  static char text[256];
  const char *start = value == NULL ? "\"" : value + 1;
  snprintf(text, sizeof text, "%.*s", (int)strcspn(start, "\""), start);
  return text;
}
