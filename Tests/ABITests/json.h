// JSON that the library wrote, looked into where it lies.
#ifndef JSON_H
#define JSON_H

// A value is a pointer to its first character; NULL where there is none.

// The value of a key of an object.
const char *json_get(const char *object, const char *key);
// The first value of an array, and the one behind another.
const char *json_first(const char *array);
const char *json_next(const char *value);
// Whether it is this text.
int json_is(const char *value, const char *text);
// The value in an array of objects whose "name" is this.
const char *json_named(const char *array, const char *name);
// The characters of a text that has none escaped, until the next call.
const char *json_text(const char *value);

#endif
