#include "check.h"

static void version(void) {
  CHECK(strcmp(sg_version(), SG_VERSION) == 0);
  CHECK(sg_abi_version() == SG_ABI_VERSION);
  CHECK(strcmp(sg_status_name(SG_OK), "SG_OK") == 0);
  CHECK(strcmp(sg_status_name(SG_ERROR_INTERRUPTED), "SG_ERROR_INTERRUPTED") == 0);
  CHECK(strcmp(sg_status_name(9), "unknown") == 0);
  CHECK(strcmp(sg_status_name(-1), "unknown") == 0);
}

static void isa(void) {
  const char *name = sg_isa_name();
  CHECK(strcmp(name, "portable") == 0 || strcmp(name, "avx2") == 0 || strcmp(name, "avx512") == 0 ||
        strcmp(name, "avx512_bf16") == 0 || strcmp(name, "avx512_amx") == 0);
}

static void threads(void) {
  int before = sg_threads_get();
  CHECK(before >= 1);
  OK(sg_threads_set(1, e));
  CHECK(sg_threads_get() == 1);
  OK(sg_threads_set(before, e));
  CHECK(sg_threads_get() == before);
  FAILS(sg_threads_set(0, e), SG_ERROR_VALUE, "0");
  FAILS(sg_threads_set(-3, e), SG_ERROR_VALUE, "-3");
  FAILS(sg_threads_set(257, e), SG_ERROR_VALUE, "256");
  CHECK(sg_threads_get() == before);
}

static void config(void) {
  char *json = NULL;
  OK(sg_config(&json, e));
  CHECK(json != NULL && strstr(json, "\"version\": \"" SG_VERSION "\"") != NULL);
  CHECK(strstr(json, "\"in_use\": ") != NULL && strstr(json, sg_isa_name()) != NULL);
  sg_string_free(json);
  sg_string_free(NULL);
  sg_memory_trim();
  OK(sg_config(&json, e));
  CHECK(strstr(json, "\"cached\": 0,") != NULL);
  sg_string_free(json);
  FAILS(sg_config(NULL, e), SG_ERROR_VALUE, "'json' is NULL");
}

static void registry(void) {
  static const struct {
    const char *kind, *name;
  } expected[] = {{"operation", "\"matmul\""},        {"layer", "\"dense\""},
                  {"optimizer", "\"adam\""},          {"objective", "\"non_saturating\""},
                  {"penalty", "\"gradient_penalty\""}, {"model", "\"dcgan\""},
                  {"dataset", "\"digits\""},        {"callback", "\"diagnostics\""}};
  char *json = NULL;
  for (size_t i = 0; i < sizeof expected / sizeof *expected; ++i) {
    OK(sg_registry_list(&json, expected[i].kind, e));
    CHECK(json != NULL && json[0] == '[' && strstr(json, expected[i].name) != NULL);
    sg_string_free(json);
  }
  json = (char *)"untouched";
  FAILS(sg_registry_list(&json, "planet", e), SG_ERROR_VALUE, "planet");
  CHECK(json == NULL);
  FAILS(sg_registry_list(&json, NULL, e), SG_ERROR_VALUE, "'kind' is NULL");
  FAILS(sg_registry_list(&json, "\xff\xfe", e), SG_ERROR_VALUE, "UTF-8");
  FAILS(sg_registry_list(NULL, "layer", e), SG_ERROR_VALUE, "'json' is NULL");
}

static void long_messages_are_cut(void) {
  // The name comes back in the message: 3,000 two-byte characters do not fit and must not be cut in half.
  char name[6001];
  const sg_operation *operation = NULL;
  size_t length;
  for (size_t i = 0; i < 6000; i += 2) memcpy(name + i, "\xc3\xa9", 2);
  name[6000] = '\0';
  FAILS(sg_operation_find(&operation, name, e), SG_ERROR_VALUE, "no operation named");
  length = strlen(check_error.message);
  CHECK(length >= sizeof check_error.message - 4 && length < sizeof check_error.message);
  CHECK((unsigned char)check_error.message[length - 1] == 0xa9);
}

void library_tests(void) {
  check_run("version", version);
  check_run("isa", isa);
  check_run("threads", threads);
  check_run("config", config);
  check_run("registry", registry);
  check_run("long messages are cut", long_messages_are_cut);
}
