/*
 * gateway: the one N-API addon, the only native code in the kernel process.
 *
 * It carries and does not decide. TypeScript (src/host/) owns every policy; this gives it
 *   - one arena: reserved addresses that JavaScript sees as one ArrayBuffer, to map shared memory in;
 *   - sys(): a raw host system call with number arguments (pointers are arena addresses), and the clocks;
 *   - waiting.c: waiting for what stubs post and for the host's events, and answering;
 *   - process.c: starting the warden; this process's signals, processors and end;
 *   - lockdown.c: what the lock-down needs beyond sys().
 * Layout of the shared memory: stub/layout.h.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway.h"

uint8_t *arena;
static size_t arena_size;

/*
 * V8 counts the bytes of a foreign buffer as memory that a collection could free, and collects at once
 * when there are gigabytes of them, reserved or not: that is a tenth of the start. It does not count a
 * buffer whose deleter is its own empty one, which Node-API cannot ask for; so this asks V8 itself, in
 * the one major version whose calling convention for these functions is known (the one that package.json
 * pins), and Node-API otherwise.
 */
enum { KNOWN_NODE = 24 };
typedef void v8_deleter(void *data, size_t length, void *hint);
extern void v8_new_backing_store(void **unique, void *data, size_t length, v8_deleter *, void *hint)
    __asm__("_ZN2v811ArrayBuffer15NewBackingStoreEPvmPFvS1_mS1_ES1_") __attribute__((weak));
extern v8_deleter v8_empty_deleter __asm__("_ZN2v812BackingStore12EmptyDeleterEPvmS1_")
    __attribute__((weak));
extern napi_value v8_new_array_buffer(void *isolate, void *shared[2])
    __asm__("_ZN2v811ArrayBuffer3NewEPNS_7IsolateESt10shared_ptrINS_12BackingStoreEE")
    __attribute__((weak));
extern void *v8_current_isolate(void) __asm__("_ZN2v87Isolate10GetCurrentEv") __attribute__((weak));

static napi_status wrap_arena(napi_env env, napi_value *buffer) {
  const napi_node_version *node;
  int is_known = napi_get_node_version(env, &node) == napi_ok && node->major == KNOWN_NODE;
  if (!is_known || !v8_new_backing_store || !v8_empty_deleter || !v8_new_array_buffer || !v8_current_isolate)
    return napi_create_external_arraybuffer(env, arena, arena_size, NULL, NULL, buffer);
  /* A shared_ptr without a count: nobody ever frees the store, as nobody frees the arena. */
  void *shared[2] = {NULL, NULL};
  v8_new_backing_store(&shared[0], arena, arena_size, v8_empty_deleter, NULL);
  *buffer = v8_new_array_buffer(v8_current_isolate(), shared);
  return napi_ok;
}

/* open(size): reserve the arena. Returns [ArrayBuffer, base address]. */
static napi_value gw_open(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1], buffer, pair;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (arena != NULL) {
    napi_throw_error(env, NULL, "gateway: the arena is already open");
    return NULL;
  }
  arena_size = (size_t)arg_double(env, argv[0]);
  void *at = mmap(NULL, arena_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    napi_throw_error(env, NULL, "gateway: cannot reserve address space for the arena");
    return NULL;
  }
  arena = at;
  if (wrap_arena(env, &buffer) != napi_ok) {
    napi_throw_error(env, NULL, "gateway: this Node cannot wrap foreign memory");
    return NULL;
  }
  napi_create_array_with_length(env, 2, &pair);
  napi_set_element(env, pair, 0, buffer);
  napi_set_element(env, pair, 1, number(env, (double)(uintptr_t)arena));
  return pair;
}

/* sys(nr, a, b, c, d, e, f): a raw system call; -errno on failure. */
static napi_value gw_sys(napi_env env, napi_callback_info info) {
  size_t argc = 7;
  napi_value argv[7];
  long a[7] = {0};
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  for (size_t i = 0; i < argc && i < 7; i++) a[i] = arg_int(env, argv[i]);
  return number(env, (double)result(syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6])));
}

/* monotonic(): CLOCK_MONOTONIC in nanoseconds, by the vDSO (exact below 2^53 ns, 104 days). */
static napi_value gw_monotonic(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, (double)now_ns());
}

/* realtime(at): the wall clock, as seconds and nanoseconds, two doubles at that arena offset. */
static napi_value gw_realtime(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  double *out = (double *)(arena + arg_int(env, argv[0]));
  out[0] = (double)ts.tv_sec;
  out[1] = (double)ts.tv_nsec;
  return NULL;
}

static void export_function(napi_env env, napi_value exports, const char *name, napi_callback fn) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, fn, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  export_function(env, exports, "open", gw_open);
  export_function(env, exports, "sys", gw_sys);
  export_function(env, exports, "configure", gw_configure);
  export_function(env, exports, "wait", gw_wait);
  export_function(env, exports, "await", gw_await);
  export_function(env, exports, "reply", gw_reply);
  export_function(env, exports, "spawn", gw_spawn);
  export_function(env, exports, "catchSignals", gw_catch_signals);
  export_function(env, exports, "everywhere", gw_everywhere);
  export_function(env, exports, "catchViolations", gw_catch_violations);
  export_function(env, exports, "exit", gw_exit);
  export_function(env, exports, "cpus", gw_cpus);
  export_function(env, exports, "monotonic", gw_monotonic);
  export_function(env, exports, "realtime", gw_realtime);
  return exports;
}
