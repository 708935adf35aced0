/*
 * gateway.h: what the parts of the gateway share: the arena, how numbers come from JavaScript and go
 * there, and the functions that gateway.c exports for them.
 * Memory shared with stubs is hostile: it is read once, into locals, and no index taken from it is
 * used unmasked.
 */
#ifndef TVISOR_GATEWAY_H
#define TVISOR_GATEWAY_H

#include <errno.h>
#include <node_api.h>
#include <stdint.h>
#include <time.h>

#pragma GCC visibility push(hidden)

extern uint8_t *arena; /* the reserved range; set once by open() */

/* waiting.c */
napi_value gw_configure(napi_env env, napi_callback_info info);
napi_value gw_wait(napi_env env, napi_callback_info info);
napi_value gw_await(napi_env env, napi_callback_info info);
napi_value gw_reply(napi_env env, napi_callback_info info);
/* process.c */
napi_value gw_spawn(napi_env env, napi_callback_info info);
napi_value gw_catch_signals(napi_env env, napi_callback_info info);
napi_value gw_exit(napi_env env, napi_callback_info info);
napi_value gw_cpus(napi_env env, napi_callback_info info);
/* lockdown.c */
napi_value gw_everywhere(napi_env env, napi_callback_info info);
napi_value gw_catch_violations(napi_env env, napi_callback_info info);

#pragma GCC visibility pop

static inline double arg_double(napi_env env, napi_value value) {
  double out = 0;
  napi_get_value_double(env, value, &out);
  return out;
}

static inline int64_t arg_int(napi_env env, napi_value value) {
  int64_t out = 0;
  napi_get_value_int64(env, value, &out);
  return out;
}

static inline napi_value number(napi_env env, double value) {
  napi_value out;
  napi_create_double(env, value, &out);
  return out;
}

static inline napi_value small(napi_env env, int32_t value) {
  napi_value out;
  napi_create_int32(env, value, &out);
  return out;
}

static inline uint64_t now_ns(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* A C call's result in the kernel's form: the value, or -errno. */
static inline long result(long rc) { return rc == -1 ? -errno : rc; }

#endif
