/**
 * Rows: when and where a task runs.
 * Source: sched(7), sched_setscheduler(2), sched_setattr(2), sched_setaffinity(2), getpriority(2),
 * ioprio_set(2), getcpu(2).
 */
import { priorityWhich } from "../../abi/resource.ts";
import { ioprioWho, sched_attr, sched_param, schedPolicies } from "../../abi/sched.ts";
import { u32 } from "../../abi/struct.ts";
import { timespec } from "../../abi/time.ts";
import { buffer, choice, flags, int, ptr, record, sized, uint } from "../args.ts";
import { syscall } from "../row.ts";
import * as schedHandlers from "./sched.ts";
import * as schedAttrHandlers from "./sched-attr.ts";

export const sched_yield = syscall("sched_yield", {
  x64: 24,
  args: [],
  support: "full",
  run: schedHandlers.sched_yield,
});

export const getpriority = syscall("getpriority", {
  x64: 140,
  args: [choice("which", priorityWhich), int("who")],
  support: "full",
  run: schedHandlers.getpriority,
});

export const setpriority = syscall("setpriority", {
  x64: 141,
  args: [choice("which", priorityWhich), int("who"), int("prio")],
  support: { partial: "remembered and reported; the host schedules" },
  run: schedHandlers.setpriority,
});

export const sched_setparam = syscall("sched_setparam", {
  x64: 142,
  args: [int("pid"), record("param", "in", sched_param)],
  support: { partial: "remembered and reported; the host schedules" },
  run: schedHandlers.sched_setparam,
});

export const sched_getparam = syscall("sched_getparam", {
  x64: 143,
  args: [int("pid"), record("param", "out", sched_param)],
  support: "full",
  run: schedHandlers.sched_getparam,
});

export const sched_setscheduler = syscall("sched_setscheduler", {
  x64: 144,
  args: [int("pid"), flags("policy", schedPolicies), record("param", "in", sched_param)],
  support: { partial: "remembered and reported; the host schedules" },
  run: schedHandlers.sched_setscheduler,
});

export const sched_getscheduler = syscall("sched_getscheduler", {
  x64: 145,
  args: [int("pid")],
  support: "full",
  run: schedHandlers.sched_getscheduler,
});

export const sched_get_priority_max = syscall("sched_get_priority_max", {
  x64: 146,
  args: [flags("policy", schedPolicies)],
  support: "full",
  run: schedHandlers.sched_get_priority_max,
});

export const sched_get_priority_min = syscall("sched_get_priority_min", {
  x64: 147,
  args: [flags("policy", schedPolicies)],
  support: "full",
  run: schedHandlers.sched_get_priority_min,
});

export const sched_rr_get_interval = syscall("sched_rr_get_interval", {
  x64: 148,
  args: [int("pid"), record("tp", "out", timespec)],
  support: "full",
  run: schedHandlers.sched_rr_get_interval,
});

export const sched_setaffinity = syscall("sched_setaffinity", {
  x64: 203,
  args: [int("pid"), uint("cpusetsize"), buffer("mask", "in", "cpusetsize")],
  support: { partial: "remembered and reported; the host places threads" },
  run: schedHandlers.sched_setaffinity,
});

export const sched_getaffinity = syscall("sched_getaffinity", {
  x64: 204,
  args: [int("pid"), uint("cpusetsize"), buffer("mask", "out", "cpusetsize")],
  support: "full",
  run: schedHandlers.sched_getaffinity,
});

export const sched_setattr = syscall("sched_setattr", {
  x64: 314,
  args: [int("pid"), record("attr", "in", sched_attr), uint("flags")],
  support: "full",
  run: schedAttrHandlers.sched_setattr,
});

export const sched_getattr = syscall("sched_getattr", {
  x64: 315,
  args: [int("pid"), sized("attr", "out", sched_attr, "size"), uint("size"), uint("flags")],
  support: "full",
  run: schedAttrHandlers.sched_getattr,
});

export const ioprio_set = syscall("ioprio_set", {
  x64: 251,
  args: [choice("which", ioprioWho), int("who"), int("ioprio")],
  support: { partial: "remembered and reported" },
  run: schedHandlers.ioprio_set,
});

export const ioprio_get = syscall("ioprio_get", {
  x64: 252,
  args: [choice("which", ioprioWho), int("who")],
  support: "full",
  run: schedHandlers.ioprio_get,
});

export const getcpu = syscall("getcpu", {
  x64: 309,
  args: [record("cpu", "out", u32), record("node", "out", u32), ptr("tcache")],
  support: { partial: "always processor 0, when it is not answered by the vDSO" },
  run: schedHandlers.getcpu,
});
