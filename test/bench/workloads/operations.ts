/** Rows of single operations of the kernel: one program of micro/ for each group. */
import type { CommandRow } from "./row.ts";

/** An operation, and a title where its name alone does not say it. */
type Operation = string | [operation: string, title: string];

const MICROSECONDS = { unit: "µs", better: "less" } as const;
const RATE = { unit: "MiB/s", better: "more" } as const;

const groups: [
  group: string,
  program: string,
  measure: typeof MICROSECONDS | typeof RATE,
  Operation[],
][] = [
  [
    "system calls",
    "calls",
    MICROSECONDS,
    [
      "getppid",
      "getuid",
      "umask",
      "sched_yield",
      "clock_gettime",
      ["nanosleep", "nanosleep of 1 µs"],
      ["signal", "signal to oneself, handler included"],
      "sigaction",
      "sigprocmask",
    ],
  ],
  [
    "files",
    "files",
    MICROSECONDS,
    [
      ["stat", "stat, file in memory"],
      ["stat-host", "stat, host's file"],
      ["stat-missing", "stat, no such file"],
      "fstat",
      ["open-close", "open + close, host's file"],
      ["create-unlink", "create + close + unlink"],
      ["rename-twice", "rename, twice"],
      ["readdir-200", "list a directory of 200"],
      ["read-zero-1", "read 1 B of /dev/zero"],
      ["pread-host-4k", "pread 4 KiB, host's file"],
      ["pread-1", "pread 1 B"],
      ["pread-4k", "pread 4 KiB"],
      ["pread-64k", "pread 64 KiB"],
      ["pread-1m", "pread 1 MiB"],
      ["pwrite-1", "pwrite 1 B"],
      ["pwrite-4k", "pwrite 4 KiB"],
      ["pwrite-64k", "pwrite 64 KiB"],
      ["pwrite-1m", "pwrite 1 MiB"],
    ],
  ],
  [
    "between processes",
    "ipc",
    MICROSECONDS,
    [
      ["pipe-self", "pipe: write + read 1 B alone"],
      ["pipe-ping-pong", "pipe: there and back"],
      ["eventfd", "eventfd: write + read alone"],
      ["eventfd-ping-pong", "eventfd: there and back"],
      ["epoll_wait", "epoll_wait, one ready"],
      ["epoll_ctl", "epoll_ctl MOD"],
      ["poll", "poll, one ready"],
      ["futex-wake", "futex wake, nobody waits"],
      ["futex-ping-pong", "futex: there and back"],
    ],
  ],
  ["between processes", "ipc", RATE, [["pipe-stream", "pipe: 64 KiB writes"]]],
  [
    "sockets",
    "sockets",
    MICROSECONDS,
    [
      ["unix-ping-pong", "unix: there and back"],
      ["tcp-ping-pong", "TCP loopback: there and back"],
      ["udp-ping-pong", "UDP loopback: there and back"],
      ["tcp-connect", "TCP loopback: connect + close"],
    ],
  ],
  [
    "sockets",
    "sockets",
    RATE,
    [
      ["unix-stream", "unix: 64 KiB writes"],
      ["tcp-stream", "TCP loopback: 64 KiB writes"],
    ],
  ],
  [
    "memory",
    "memory",
    MICROSECONDS,
    [
      ["mmap-munmap", "mmap + munmap"],
      ["mmap-touch-munmap", "mmap + touch + munmap"],
      ["page-fault", "page fault, 4 KiB"],
      ["mprotect-twice", "mprotect, twice"],
      ["brk-twice", "brk up and down"],
    ],
  ],
  ["memory", "memory", RATE, [["touch-64m", "map, touch, unmap 64 MiB"]]],
  [
    "processes and threads",
    "processes",
    MICROSECONDS,
    [
      ["fork", "fork + exit + wait"],
      ["fork-100m", "the same with a heap of 100 MiB"],
      ["fork-exec-static", "fork + exec, static"],
      ["fork-exec-dynamic", "fork + exec, dynamic"],
      ["vfork-exec-static", "vfork + exec, static"],
      ["posix_spawn-dynamic", "posix_spawn, dynamic"],
      ["talk-20-processes", "20 processes, 1000 messages"],
    ],
  ],
  [
    "processes and threads",
    "threads",
    MICROSECONDS,
    [
      ["thread-create-join", "thread: create + join"],
      ["mutex-uncontended", "mutex, nobody else wants it"],
      ["mutex-contended", "mutex, 10 000 times by four threads"],
      ["condition-ping-pong", "condition variable: there and back"],
    ],
  ],
];

export const operationRows: CommandRow[] = groups.flatMap(([group, program, measure, operations]) =>
  operations.map((each): CommandRow => {
    const [operation, name] = typeof each === "string" ? [each, each] : each;
    const command = [`@${program}`, operation];
    return {
      ...measure,
      name,
      group,
      timed: "inside",
      command,
      quick: [...command, "quick"],
      packages: ["gcc", "libc6-dev"],
    };
  }),
);
