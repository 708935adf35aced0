/**
 * Every host system call that the kernel process makes itself, each with its reason: the list a
 * reader audits, and from which the lock-down filter (filter.ts) is made. A row without a rule may be
 * made with any arguments. What Node's own threads need besides is in engine-calls.ts. Numbers: amd64.
 */
import { ENOTTY, EPERM, EROFS } from "../abi/errno.ts";
import {
  FIONBIO,
  FIONREAD,
  TCFLSH,
  TCGETS,
  TCSBRK,
  TCSETS,
  TCSETSF,
  TCSETSW,
  TIOCGPTN,
  TIOCGWINSZ,
  TIOCOUTQ,
  TIOCSWINSZ,
} from "../abi/ioctl.ts";
import { SIOCATMARK } from "../abi/ioctl-net.ts";
import { anyOf, type Rule } from "./rule.ts";

export interface HostCall {
  readonly name: string;
  readonly nr: number;
  readonly why: string;
  readonly rule?: Rule;
}

export function call(name: string, nr: number, why: string, rule?: Rule): HostCall {
  return rule === undefined ? { name, nr, why } : { name, nr, why, rule };
}

/** Only when the sandbox uses this machine's network. */
const NETWORK: Rule = { needs: "network" };
/** That, or when guests may connect to unix sockets of the host. */
const SOCKETS: Rule = { needs: "network", withHostSockets: {} };
/** Only when something of the host is writable; else the host's answer would be this one anyway. */
const VOLUMES: Rule = { needs: "volumes", refusal: EROFS };

/** Requests that read or set a terminal's modes and size. Not TIOCSTI, which types for the user. */
const IOCTLS = [
  TCGETS,
  TCSETS,
  TCSETSW,
  TCSETSF,
  TCSBRK,
  TCFLSH,
  TIOCGWINSZ,
  TIOCSWINSZ,
  TIOCOUTQ,
  FIONREAD,
  FIONBIO,
  TIOCGPTN,
  SIOCATMARK,
];
const F_DUPFD_CLOEXEC = 1030;
const F_ADD_SEALS = 1033;
const F_GET_SEALS = 1034;
/** F_GETFD to F_SETFL, copies and seals: no locks, leases, signals or pipe sizes. */
const FCNTLS = [1, 2, 3, 4, F_DUPFD_CLOEXEC, F_ADD_SEALS, F_GET_SEALS];
/** O_CREAT, O_TRUNC, O_APPEND and O_TMPFILE's own bit. */
const MAKES_FILES = 0o100 | 0o1000 | 0o2000 | 0o20000000;
const AF_UNIX = 1;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const SIGURG = 23;
const SIGKILL = 9;

export const calls = {
  read: call("read", 0, "guest reads of host streams: stdin, pipes and sockets given to the guest"),
  write: call("write", 1, "guest writes to host streams: stdout, stderr"),
  close: call("close", 3, "give back descriptors"),
  poll: call("poll", 7, "is a host stream ready now"),
  lseek: call("lseek", 8, "SEEK_DATA and SEEK_HOLE on host files"),
  ioctl: call(
    "ioctl",
    16,
    "window size and modes of the user's terminal; bytes queued in guest INET sockets",
    { allow: anyOf(1, IOCTLS), refusal: ENOTTY },
  ),
  pread64: call("pread64", 17, "read host files and guest memory (/proc/PID/mem)"),
  pwrite64: call("pwrite64", 18, "write in-memory files and guest memory (/proc/PID/mem)"),
  dup: call("dup", 32, "a descriptor of our own for a stream that is also the guest's"),
  getpid: call("getpid", 39, "name our own entries in /proc"),
  socket: call("socket", 41, "guest INET sockets under --network host; --host-uds", {
    needs: "network",
    withHostSockets: { allow: [[{ arg: 0, equal: AF_UNIX }]] },
  }),
  connect: call("connect", 42, "guest INET sockets under --network host; --host-uds", SOCKETS),
  sendmsg: call(
    "sendmsg",
    46,
    "descriptors to stubs; answers to command lines; guest INET datagrams",
  ),
  recvmsg: call(
    "recvmsg",
    47,
    "HELLO with the host's word for who sent it; command lines; guest INET datagrams",
  ),
  shutdown: call("shutdown", 48, "guest INET sockets under --network host; --host-uds", SOCKETS),
  bind: call("bind", 49, "guest INET sockets under --network host", NETWORK),
  listen: call("listen", 50, "guest INET sockets under --network host", NETWORK),
  getsockname: call(
    "getsockname",
    51,
    "guest INET sockets under --network host; --host-uds",
    SOCKETS,
  ),
  getpeername: call(
    "getpeername",
    52,
    "guest INET sockets under --network host; --host-uds",
    SOCKETS,
  ),
  socketpair: call("socketpair", 53, "the control socket of a new stub", {
    allow: [[{ arg: 0, equal: AF_UNIX }]],
  }),
  setsockopt: call("setsockopt", 54, "SO_PASSCRED on control sockets; guest INET sockets", {
    needs: "network",
    otherwise: [
      [
        { arg: 1, equal: SOL_SOCKET },
        { arg: 2, equal: SO_PASSCRED },
      ],
    ],
  }),
  getsockopt: call(
    "getsockopt",
    55,
    "guest INET sockets under --network host; --host-uds",
    SOCKETS,
  ),
  fcntl: call("fcntl", 72, "seal slot memory; non-blocking host streams", {
    allow: anyOf(1, FCNTLS),
    refusal: EPERM,
  }),
  fsync: call("fsync", 74, "guest fsync of host files"),
  ftruncate: call("ftruncate", 77, "size of in-memory files"),
  getsid: call("getsid", 124, "is a process that says HELLO one of our stubs"),
  kill: call("kill", 62, "the warden is dead: end its process group", {
    allow: [
      [
        { arg: 0, equal: "stubGroup" },
        { arg: 1, equal: SIGKILL },
      ],
    ],
  }),
  tgkill: call("tgkill", 234, "interrupt a stub's thread; abort(3)", {
    allow: [[{ arg: 2, equal: SIGURG }], [{ arg: 0, equal: "ownPid" }]],
  }),
  clockGettime: call("clock_gettime", 228, "wall clock and CPU times"),
  openat: call("openat", 257, "host files below directories that were given to the guest", {
    needs: "volumes",
    otherwise: [[{ arg: 2, without: MAKES_FILES }]],
    refusal: EROFS,
  }),
  mkdirat: call("mkdirat", 258, "writable volumes", VOLUMES),
  mknodat: call("mknodat", 259, "writable volumes: FIFOs", VOLUMES),
  fchownat: call("fchownat", 260, "writable volumes", VOLUMES),
  unlinkat: call("unlinkat", 263, "writable volumes", VOLUMES),
  linkat: call("linkat", 265, "writable volumes", VOLUMES),
  symlinkat: call("symlinkat", 266, "writable volumes", VOLUMES),
  readlinkat: call("readlinkat", 267, "symbolic links of host directories"),
  fchmodat: call("fchmodat", 268, "writable volumes", VOLUMES),
  utimensat: call("utimensat", 280, "writable volumes", VOLUMES),
  fallocate: call("fallocate", 285, "holes and preallocation of in-memory files"),
  eventfd2: call("eventfd2", 290, "the doorbell"),
  epollCreate1: call("epoll_create1", 291, "the loop's one descriptor set"),
  epollCtl: call("epoll_ctl", 233, "the loop's one descriptor set"),
  schedSetaffinity: call("sched_setaffinity", 203, "leave a processor that a guest waits for", {
    allow: [[{ arg: 0, equal: 0 }]],
  }),
  epollPwait2: call("epoll_pwait2", 441, "sleep until something happens"),
  pipe2: call("pipe2", 293, "signals of our own process as bytes"),
  accept4: call("accept4", 288, "command lines that connect to a sandbox; guest INET sockets", {
    needs: "network",
    otherwise: [[{ arg: 0, equal: "controlSocket" }]],
  }),
  getdents64: call("getdents64", 217, "list host directories"),
  fstatfs: call("fstatfs", 138, "guest statfs of host directories"),
  getxattrat: call("getxattrat", 464, "extended attributes of host files"),
  lgetxattr: call("lgetxattr", 192, "where there is no getxattrat, by /proc/self/fd"),
  llistxattr: call("llistxattr", 195, "extended attributes of host files, by /proc/self/fd"),
  lsetxattr: call("lsetxattr", 189, "writable volumes, by /proc/self/fd", VOLUMES),
  lremovexattr: call("lremovexattr", 198, "writable volumes, by /proc/self/fd", VOLUMES),
  syncfs: call("syncfs", 306, "guest syncfs of writable volumes", VOLUMES),
  renameat2: call("renameat2", 316, "writable volumes", VOLUMES),
  getrandom: call("getrandom", 318, "entropy for the guest"),
  memfdCreate: call("memfd_create", 319, "slot memory and in-memory files"),
  statx: call("statx", 332, "attributes of host files"),
  pidfdSendSignal: call("pidfd_send_signal", 424, "end a stub process", {
    allow: [[{ arg: 1, equal: SIGKILL }]],
  }),
  pidfdOpen: call("pidfd_open", 434, "see a stub process die; never confuse it with another"),
} as const;
