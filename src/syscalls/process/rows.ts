/**
 * Rows: making processes and threads, replacing, ending and waiting for them, asking about them.
 * Source: clone(2), execve(2), exit(2), wait(2), waitid(2), getpid(2), setsid(2), prctl(2),
 * arch_prctl(2), ptrace(2), pidfd_open(2), namespaces(7), seccomp(2).
 */
import { execveatFlags } from "../../abi/fcntl.ts";
import {
  archPrctlOptions,
  kcmpTypes,
  personalityFlags,
  pidfdFlags,
  prctlOptions,
} from "../../abi/process.ts";
import { ptraceRequests } from "../../abi/ptrace.ts";
import { rusage } from "../../abi/resource.ts";
import { membarrierCommands, membarrierFlags, rseqFlags } from "../../abi/rseq.ts";
import { clone_args, cloneFlags, namespaceFlags, unshareFlags } from "../../abi/sched.ts";
import { seccompFilterFlags, seccompOps } from "../../abi/seccomp.ts";
import { siginfo_sigchld } from "../../abi/siginfo.ts";
import { i32 } from "../../abi/struct.ts";
import { waitIdTypes, waitOptions } from "../../abi/wait.ts";
import {
  choice,
  fd,
  flags,
  int,
  iovec,
  path,
  ptr,
  record,
  request,
  size,
  sized,
  strings,
  uint,
  ulong,
} from "../args.ts";
import * as memoryMapHandlers from "../memory/map.ts";
import { syscall } from "../row.ts";
import * as cloneHandlers from "./clone.ts";
import * as execHandlers from "./exec.ts";
import * as exitHandlers from "./exit.ts";
import * as identityHandlers from "./identity.ts";
import * as kcmpHandlers from "./kcmp.ts";
import * as pidfdHandlers from "./pidfd.ts";
import * as prctlHandlers from "./prctl.ts";
import * as seccompHandlers from "./seccomp.ts";
import * as sessionHandlers from "./session.ts";
import * as setnsHandlers from "./setns.ts";

export const clone = syscall("clone", {
  x64: 56,
  args: [flags("flags", cloneFlags), ptr("stack"), ptr("parent_tid"), ptr("child_tid"), ptr("tls")],
  support: "full",
  run: cloneHandlers.clone,
});

export const clone3 = syscall("clone3", {
  x64: 435,
  args: [sized("cl_args", "in", clone_args, "size"), size("size")],
  support: {
    partial: "time namespaces are refused with EINVAL",
  },
  run: cloneHandlers.clone3,
});

export const fork = syscall("fork", {
  x64: 57,
  args: [],
  support: "full",
  run: cloneHandlers.fork,
});

export const vfork = syscall("vfork", {
  x64: 58,
  args: [],
  support: "full",
  run: cloneHandlers.vfork,
});

export const execve = syscall("execve", {
  x64: 59,
  args: [path("pathname"), strings("argv"), strings("envp")],
  support: { partial: "no 32-bit programs and no binfmt_misc" },
  run: execHandlers.execve,
});

export const execveat = syscall("execveat", {
  x64: 322,
  args: [
    fd("dirfd"),
    path("pathname"),
    strings("argv"),
    strings("envp"),
    flags("flags", execveatFlags),
  ],
  support: { partial: "no 32-bit programs and no binfmt_misc" },
  run: execHandlers.execveat,
});

export const exit = syscall("exit", {
  x64: 60,
  args: [int("status")],
  support: "full",
  run: exitHandlers.exit,
});

export const exit_group = syscall("exit_group", {
  x64: 231,
  args: [int("status")],
  support: "full",
  run: exitHandlers.exit_group,
});

export const wait4 = syscall("wait4", {
  x64: 61,
  args: [
    int("pid"),
    record("wstatus", "out", i32),
    flags("options", waitOptions),
    record("rusage", "out", rusage),
  ],
  support: { partial: "no ptrace stops; of the usage only times are filled in" },
  run: exitHandlers.wait4,
});

export const waitid = syscall("waitid", {
  x64: 247,
  args: [
    choice("idtype", waitIdTypes),
    int("id"),
    record("infop", "out", siginfo_sigchld),
    flags("options", waitOptions),
    record("rusage", "out", rusage),
  ],
  support: { partial: "no ptrace stops; of the usage only times are filled in" },
  run: exitHandlers.waitid,
});

export const getpid = syscall("getpid", {
  x64: 39,
  args: [],
  support: "full",
  run: identityHandlers.getpid,
  isRemembered: true,
});

export const gettid = syscall("gettid", {
  x64: 186,
  args: [],
  support: "full",
  run: identityHandlers.gettid,
  isRemembered: true,
});

export const getppid = syscall("getppid", {
  x64: 110,
  args: [],
  support: "full",
  run: identityHandlers.getppid,
  isRemembered: true,
});

export const setpgid = syscall("setpgid", {
  x64: 109,
  args: [int("pid"), int("pgid")],
  support: "full",
  run: sessionHandlers.setpgid,
});

export const getpgid = syscall("getpgid", {
  x64: 121,
  args: [int("pid")],
  support: "full",
  run: sessionHandlers.getpgid,
});

export const getpgrp = syscall("getpgrp", {
  x64: 111,
  args: [],
  support: "full",
  run: sessionHandlers.getpgrp,
});

export const setsid = syscall("setsid", {
  x64: 112,
  args: [],
  support: "full",
  run: sessionHandlers.setsid,
});

export const getsid = syscall("getsid", {
  x64: 124,
  args: [int("pid")],
  support: "full",
  run: sessionHandlers.getsid,
});

export const set_tid_address = syscall("set_tid_address", {
  x64: 218,
  args: [ptr("tidptr")],
  support: "full",
  run: prctlHandlers.set_tid_address,
});

export const prctl = syscall("prctl", {
  x64: 157,
  args: [
    choice("option", prctlOptions),
    ulong("arg2"),
    ulong("arg3"),
    ulong("arg4"),
    ulong("arg5"),
  ],
  support: {
    partial: "PR_SET_MM, speculation control, core scheduling and syscall user dispatch are EINVAL",
  },
  run: prctlHandlers.prctl,
});

export const arch_prctl = syscall("arch_prctl", {
  x64: 158,
  args: [request("code", archPrctlOptions), ptr("addr")],
  support: "full",
  run: prctlHandlers.arch_prctl,
});

export const personality = syscall("personality", {
  x64: 135,
  args: [flags("persona", personalityFlags)],
  support: { partial: "remembered; ADDR_NO_RANDOMIZE is obeyed" },
  run: prctlHandlers.personality,
});

export const ptrace = syscall("ptrace", {
  x64: 101,
  args: [request("request", ptraceRequests), int("pid"), ptr("addr"), ptr("data")],
  support: "none",
});

export const seccomp = syscall("seccomp", {
  x64: 317,
  args: [choice("operation", seccompOps), flags("flags", seccompFilterFlags), ptr("args")],
  support: { partial: "no listeners (SECCOMP_FILTER_FLAG_NEW_LISTENER)" },
  run: seccompHandlers.seccomp,
});

export const unshare = syscall("unshare", {
  x64: 272,
  args: [flags("flags", unshareFlags)],
  support: {
    partial: "time namespaces are refused with EINVAL",
  },
  run: cloneHandlers.unshare,
});

export const setns = syscall("setns", {
  x64: 308,
  args: [fd("fd"), flags("nstype", namespaceFlags)],
  support: {
    partial: "all kinds but time namespaces",
  },
  run: setnsHandlers.setns,
});

export const pidfd_open = syscall("pidfd_open", {
  x64: 434,
  args: [int("pid"), flags("flags", pidfdFlags)],
  returns: fd("fd"),
  support: "full",
  run: pidfdHandlers.pidfd_open,
});

export const pidfd_getfd = syscall("pidfd_getfd", {
  x64: 438,
  args: [fd("pidfd"), fd("targetfd"), uint("flags")],
  returns: fd("fd"),
  support: "full",
  run: pidfdHandlers.pidfd_getfd,
});

export const kcmp = syscall("kcmp", {
  x64: 312,
  args: [int("pid1"), int("pid2"), choice("type", kcmpTypes), ulong("idx1"), ulong("idx2")],
  support: { partial: "no KCMP_EPOLL_TFD" },
  run: kcmpHandlers.kcmp,
});

export const process_vm_readv = syscall("process_vm_readv", {
  x64: 310,
  args: [
    int("pid"),
    iovec("local_iov", "out", "liovcnt"),
    size("liovcnt"),
    ptr("remote_iov"),
    size("riovcnt"),
    ulong("flags"),
  ],
  support: "full",
  run: memoryMapHandlers.process_vm_readv,
});

export const process_vm_writev = syscall("process_vm_writev", {
  x64: 311,
  args: [
    int("pid"),
    iovec("local_iov", "in", "liovcnt"),
    size("liovcnt"),
    ptr("remote_iov"),
    size("riovcnt"),
    ulong("flags"),
  ],
  support: "full",
  run: memoryMapHandlers.process_vm_writev,
});

export const rseq = syscall("rseq", {
  x64: 334,
  args: [ptr("rseq"), uint("rseq_len"), flags("flags", rseqFlags), uint("sig")],
  support: "full",
  run: prctlHandlers.rseq,
});

export const membarrier = syscall("membarrier", {
  x64: 324,
  args: [choice("cmd", membarrierCommands), flags("flags", membarrierFlags), int("cpu_id")],
  support: { partial: "rseq commands are not supported" },
  run: prctlHandlers.membarrier,
});
