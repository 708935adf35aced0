/**
 * Rows: asynchronous input and output: the older io_* calls and io_uring.
 * Source: io_setup(2), io_submit(2), io_getevents(2), io_uring(7).
 */
import { pselect6_sigmask } from "../../abi/poll.ts";
import { u64 } from "../../abi/struct.ts";
import { timespec } from "../../abi/time.ts";
import { io_event, iocb } from "../../abi/uio.ts";
import { fd, long, ptr, record, records, size, uint } from "../args.ts";
import { syscall } from "../row.ts";
import * as asyncHandlers from "./async.ts";

export const io_setup = syscall("io_setup", {
  x64: 206,
  args: [uint("nr_events"), record("ctx_idp", "inout", u64)],
  support: "full",
  run: asyncHandlers.io_setup,
});

export const io_destroy = syscall("io_destroy", {
  x64: 207,
  args: [ptr("ctx_id")],
  support: "full",
  run: asyncHandlers.io_destroy,
});

export const io_getevents = syscall("io_getevents", {
  x64: 208,
  args: [
    ptr("ctx_id"),
    long("min_nr"),
    long("nr"),
    records("events", "out", io_event, "nr"),
    record("timeout", "in", timespec),
  ],
  support: "full",
  run: asyncHandlers.io_getevents,
});

export const io_submit = syscall("io_submit", {
  x64: 209,
  args: [ptr("ctx_id"), long("nr"), records("iocbpp", "in", u64, "nr")],
  support: "full",
  run: asyncHandlers.io_submit,
});

export const io_cancel = syscall("io_cancel", {
  x64: 210,
  args: [ptr("ctx_id"), record("iocb", "in", iocb), record("result", "out", io_event)],
  support: "full",
  run: asyncHandlers.io_cancel,
});

export const io_pgetevents = syscall("io_pgetevents", {
  x64: 333,
  args: [
    ptr("ctx_id"),
    long("min_nr"),
    long("nr"),
    records("events", "out", io_event, "nr"),
    record("timeout", "in", timespec),
    record("usig", "in", pselect6_sigmask),
  ],
  support: "full",
  run: asyncHandlers.io_pgetevents,
});

export const io_uring_setup = syscall("io_uring_setup", {
  x64: 425,
  args: [uint("entries"), ptr("params")],
  returns: fd("fd"),
  support: "none",
  note: "As with kernel.io_uring_disabled, but ENOSYS, after which libraries use other calls",
});

export const io_uring_enter = syscall("io_uring_enter", {
  x64: 426,
  args: [
    fd("fd"),
    uint("to_submit"),
    uint("min_complete"),
    uint("flags"),
    ptr("argp"),
    size("argsz"),
  ],
  support: "none",
  note: "As with kernel.io_uring_disabled, but ENOSYS, after which libraries use other calls",
});

export const io_uring_register = syscall("io_uring_register", {
  x64: 427,
  args: [fd("fd"), uint("opcode"), ptr("arg"), uint("nr_args")],
  support: "none",
  note: "As with kernel.io_uring_disabled, but ENOSYS, after which libraries use other calls",
});
