/**
 * Rows: futexes, System V shared memory, semaphores and message queues, POSIX message queues.
 * Source: futex(2), futex_waitv(2), get_robust_list(2), sysvipc(7), mq_overview(7).
 */
import { openFlags } from "../../abi/fcntl.ts";
import { futex_waitv as futex_waitvStruct, futex2Flags, futexOps } from "../../abi/futex.ts";
import {
  ipcGetFlags,
  mq_attr,
  msgCommands,
  msgFlags,
  sembuf,
  semCommands,
  shmatFlags,
  shmCommands,
  shmgetFlags,
} from "../../abi/ipc.ts";
import { NAME_MAX } from "../../abi/limits.ts";
import { sigevent } from "../../abi/signal.ts";
import { array, u32, u64 } from "../../abi/struct.ts";
import { clockIds, timespec } from "../../abi/time.ts";
import {
  buffer,
  choice,
  fd,
  flags,
  int,
  long,
  mode,
  ptr,
  record,
  records,
  size,
  text,
  uint,
  ulong,
} from "../args.ts";
import * as processPrctlHandlers from "../process/prctl.ts";
import { syscall } from "../row.ts";
import * as futexHandlers from "./futex.ts";
import * as mqueueHandlers from "./mqueue.ts";
import * as msgHandlers from "./msg.ts";
import * as semHandlers from "./sem.ts";
import * as shmHandlers from "./shm.ts";

export const futex = syscall("futex", {
  x64: 202,
  args: [
    ptr("uaddr"),
    flags("futex_op", futexOps),
    uint("val"),
    ptr("timeout"),
    ptr("uaddr2"),
    uint("val3"),
  ],
  support: "full",
  run: futexHandlers.futex,
});

export const futex_waitv = syscall("futex_waitv", {
  x64: 449,
  args: [
    records("waiters", "in", futex_waitvStruct, "nr_futexes"),
    uint("nr_futexes"),
    uint("flags"),
    record("timeout", "in", timespec),
    choice("clockid", clockIds),
  ],
  support: "full",
  run: futexHandlers.futex_waitv,
});

export const futex_wake = syscall("futex_wake", {
  x64: 454,
  args: [ptr("uaddr"), ulong("mask"), int("nr"), flags("flags", futex2Flags)],
  support: "full",
  run: futexHandlers.futex_wake,
});

export const futex_wait = syscall("futex_wait", {
  x64: 455,
  args: [
    ptr("uaddr"),
    ulong("val"),
    ulong("mask"),
    flags("flags", futex2Flags),
    record("timespec", "in", timespec),
    choice("clockid", clockIds),
  ],
  support: "full",
  run: futexHandlers.futex_wait,
});

export const futex_requeue = syscall("futex_requeue", {
  x64: 456,
  args: [
    record("waiters", "in", array(futex_waitvStruct, 2)),
    uint("flags"),
    int("nr_wake"),
    int("nr_requeue"),
  ],
  support: "full",
  run: futexHandlers.futex_requeue,
});

export const set_robust_list = syscall("set_robust_list", {
  x64: 273,
  args: [ptr("head"), size("len")],
  support: "full",
  run: processPrctlHandlers.set_robust_list,
});

export const get_robust_list = syscall("get_robust_list", {
  x64: 274,
  args: [int("pid"), record("head_ptr", "out", u64), record("len_ptr", "out", u64)],
  support: "full",
  run: processPrctlHandlers.get_robust_list,
});

// System V.

export const shmget = syscall("shmget", {
  x64: 29,
  args: [int("key"), size("size"), flags("shmflg", shmgetFlags)],
  support: "full",
  run: shmHandlers.shmget,
});

export const shmat = syscall("shmat", {
  x64: 30,
  args: [int("shmid"), ptr("shmaddr"), flags("shmflg", shmatFlags)],
  returns: ptr("address"),
  support: "full",
  run: shmHandlers.shmat,
});

export const shmctl = syscall("shmctl", {
  x64: 31,
  args: [int("shmid"), choice("cmd", shmCommands), ptr("buf")],
  support: "full",
  run: shmHandlers.shmctl,
});

export const shmdt = syscall("shmdt", {
  x64: 67,
  args: [ptr("shmaddr")],
  support: "full",
  run: shmHandlers.shmdt,
});

export const semget = syscall("semget", {
  x64: 64,
  args: [int("key"), int("nsems"), flags("semflg", ipcGetFlags)],
  support: "full",
  run: semHandlers.semget,
});

export const semop = syscall("semop", {
  x64: 65,
  args: [int("semid"), records("sops", "in", sembuf, "nsops"), uint("nsops")],
  support: "full",
  run: semHandlers.semop,
});

export const semtimedop = syscall("semtimedop", {
  x64: 220,
  args: [
    int("semid"),
    records("sops", "in", sembuf, "nsops"),
    uint("nsops"),
    record("timeout", "in", timespec),
  ],
  support: "full",
  run: semHandlers.semtimedop,
});

export const semctl = syscall("semctl", {
  x64: 66,
  args: [int("semid"), int("semnum"), choice("cmd", semCommands), ptr("arg")],
  support: "full",
  run: semHandlers.semctl,
});

export const msgget = syscall("msgget", {
  x64: 68,
  args: [int("key"), flags("msgflg", ipcGetFlags)],
  support: "full",
  run: msgHandlers.msgget,
});

export const msgsnd = syscall("msgsnd", {
  x64: 69,
  args: [int("msqid"), ptr("msgp"), size("msgsz"), flags("msgflg", msgFlags)],
  support: "full",
  run: msgHandlers.msgsnd,
});

export const msgrcv = syscall("msgrcv", {
  x64: 70,
  args: [int("msqid"), ptr("msgp"), size("msgsz"), long("msgtyp"), flags("msgflg", msgFlags)],
  support: "full",
  run: msgHandlers.msgrcv,
});

export const msgctl = syscall("msgctl", {
  x64: 71,
  args: [int("msqid"), choice("cmd", msgCommands), ptr("buf")],
  support: "full",
  run: msgHandlers.msgctl,
});

// POSIX message queues.

export const mq_open = syscall("mq_open", {
  x64: 240,
  args: [
    text("name", NAME_MAX),
    flags("oflag", openFlags),
    mode("mode"),
    record("attr", "in", mq_attr),
  ],
  returns: fd("fd"),
  support: "full",
  run: mqueueHandlers.mq_open,
});

export const mq_unlink = syscall("mq_unlink", {
  x64: 241,
  args: [text("name", NAME_MAX)],
  support: "full",
  run: mqueueHandlers.mq_unlink,
});

export const mq_timedsend = syscall("mq_timedsend", {
  x64: 242,
  args: [
    fd("mqdes"),
    buffer("msg_ptr", "in", "msg_len"),
    size("msg_len"),
    uint("msg_prio"),
    record("abs_timeout", "in", timespec),
  ],
  support: "full",
  run: mqueueHandlers.mq_timedsend,
});

export const mq_timedreceive = syscall("mq_timedreceive", {
  x64: 243,
  args: [
    fd("mqdes"),
    buffer("msg_ptr", "out", "msg_len"),
    size("msg_len"),
    record("msg_prio", "out", u32),
    record("abs_timeout", "in", timespec),
  ],
  support: "full",
  run: mqueueHandlers.mq_timedreceive,
});

export const mq_notify = syscall("mq_notify", {
  x64: 244,
  args: [fd("mqdes"), record("sevp", "in", sigevent)],
  support: { partial: "no SIGEV_THREAD, which mq_notify(3) builds on a netlink socket" },
  run: mqueueHandlers.mq_notify,
});

export const mq_getsetattr = syscall("mq_getsetattr", {
  x64: 245,
  args: [fd("mqdes"), record("newattr", "in", mq_attr), record("oldattr", "out", mq_attr)],
  support: "full",
  run: mqueueHandlers.mq_getsetattr,
});
