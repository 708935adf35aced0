/**
 * Rows: sending, blocking, catching and awaiting signals.
 * Source: signal(7), sigaction(2), sigprocmask(2), kill(2), tgkill(2), rt_sigqueueinfo(2),
 * sigaltstack(2), signalfd(2), pidfd_send_signal(2).
 */
import { siginfo, siginfo_rt } from "../../abi/siginfo.ts";
import {
  pidfdSignalFlags,
  sigaction,
  sigaltstack as sigaltstackStruct,
  signalfdFlags,
  sigprocmaskHow,
} from "../../abi/signal.ts";
import { timespec } from "../../abi/time.ts";
import { choice, fd, flags, int, record, signal, sigset, size } from "../args.ts";
import * as pollSignalfdHandlers from "../poll/signalfd.ts";
import { syscall } from "../row.ts";
import * as sendHandlers from "./send.ts";
import * as signalHandlers from "./signal.ts";

export const rt_sigaction = syscall("rt_sigaction", {
  x64: 13,
  args: [
    signal("signum"),
    record("act", "in", sigaction),
    record("oldact", "out", sigaction),
    size("sigsetsize"),
  ],
  support: "full",
  run: signalHandlers.rt_sigaction,
});

export const rt_sigprocmask = syscall("rt_sigprocmask", {
  x64: 14,
  args: [
    choice("how", sigprocmaskHow),
    sigset("set", "in", "sigsetsize"),
    sigset("oldset", "out", "sigsetsize"),
    size("sigsetsize"),
  ],
  support: "full",
  run: signalHandlers.rt_sigprocmask,
});

export const rt_sigreturn = syscall("rt_sigreturn", {
  x64: 15,
  args: [],
  support: "full",
  run: signalHandlers.rt_sigreturn,
});

export const rt_sigpending = syscall("rt_sigpending", {
  x64: 127,
  args: [sigset("set", "out", "sigsetsize"), size("sigsetsize")],
  support: "full",
  run: signalHandlers.rt_sigpending,
});

export const rt_sigtimedwait = syscall("rt_sigtimedwait", {
  x64: 128,
  args: [
    sigset("set", "in", "sigsetsize"),
    record("info", "out", siginfo),
    record("timeout", "in", timespec),
    size("sigsetsize"),
  ],
  support: "full",
  run: signalHandlers.rt_sigtimedwait,
});

export const rt_sigqueueinfo = syscall("rt_sigqueueinfo", {
  x64: 129,
  args: [int("tgid"), signal("sig"), record("info", "in", siginfo_rt)],
  support: "full",
  run: sendHandlers.rt_sigqueueinfo,
});

export const rt_tgsigqueueinfo = syscall("rt_tgsigqueueinfo", {
  x64: 297,
  args: [int("tgid"), int("tid"), signal("sig"), record("info", "in", siginfo_rt)],
  support: "full",
  run: sendHandlers.rt_tgsigqueueinfo,
});

export const rt_sigsuspend = syscall("rt_sigsuspend", {
  x64: 130,
  args: [sigset("mask", "in", "sigsetsize"), size("sigsetsize")],
  support: "full",
  run: signalHandlers.rt_sigsuspend,
});

export const sigaltstack = syscall("sigaltstack", {
  x64: 131,
  args: [record("ss", "in", sigaltstackStruct), record("old_ss", "out", sigaltstackStruct)],
  support: "full",
  run: signalHandlers.sigaltstack,
});

export const pause = syscall("pause", {
  x64: 34,
  args: [],
  support: "full",
  run: signalHandlers.pause,
});

export const kill = syscall("kill", {
  x64: 62,
  args: [int("pid"), signal("sig")],
  support: "full",
  run: sendHandlers.kill,
});

export const tkill = syscall("tkill", {
  x64: 200,
  args: [int("tid"), signal("sig")],
  support: "full",
  run: sendHandlers.tkill,
});

export const tgkill = syscall("tgkill", {
  x64: 234,
  args: [int("tgid"), int("tid"), signal("sig")],
  support: "full",
  run: sendHandlers.tgkill,
});

export const signalfd = syscall("signalfd", {
  x64: 282,
  args: [fd("fd"), sigset("mask", "in", "sizemask"), size("sizemask")],
  returns: fd("fd"),
  support: "full",
  run: pollSignalfdHandlers.signalfd,
});

export const signalfd4 = syscall("signalfd4", {
  x64: 289,
  args: [
    fd("fd"),
    sigset("mask", "in", "sizemask"),
    size("sizemask"),
    flags("flags", signalfdFlags),
  ],
  returns: fd("fd"),
  support: "full",
  run: pollSignalfdHandlers.signalfd4,
});

export const pidfd_send_signal = syscall("pidfd_send_signal", {
  x64: 424,
  args: [
    fd("pidfd"),
    signal("sig"),
    record("info", "in", siginfo_rt),
    flags("flags", pidfdSignalFlags),
  ],
  support: "full",
  run: sendHandlers.pidfd_send_signal,
});

export const restart_syscall = syscall("restart_syscall", {
  x64: 219,
  args: [],
  support: "full",
  run: signalHandlers.restart_syscall,
  note: "Made by the kernel's own restart of an interrupted call, not by programs",
});
