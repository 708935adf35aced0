/**
 * ipc: System V shared memory, semaphores and message queues, and POSIX message queues.
 * The *_ds structs are the 64-bit ones that amd64 uses (shmid64_ds and so on).
 * Source: sysvipc(7), shmctl(2), semctl(2), msgctl(2), semop(2), mq_overview(7);
 * include/uapi/linux/{ipc,shm,sem,msg,mqueue}.h, include/uapi/asm-generic/ipcbuf.h and kin.
 */

import { flagSet, nameSet } from "./flags.ts";
import { bytes, i16, i32, i64, pad, struct, u16, u32, u64 } from "./struct.ts";

export const IPC_PRIVATE = 0;
export const IPC_CREAT = 0o1000;
export const IPC_EXCL = 0o2000;
export const IPC_NOWAIT = 0o4000;
export const IPC_RMID = 0;
export const IPC_SET = 1;
export const IPC_STAT = 2;
export const IPC_INFO = 3;
export const MSG_STAT = 11;
export const MSG_INFO = 12;
export const SHM_LOCK = 11;
export const SHM_UNLOCK = 12;
export const SHM_STAT = 13;
export const SHM_INFO = 14;
export const SEM_STAT = 18;
export const SEM_INFO = 19;
export const GETPID = 11;
export const GETVAL = 12;
export const GETALL = 13;
export const GETNCNT = 14;
export const GETZCNT = 15;
export const SETVAL = 16;
export const SETALL = 17;
export const MSG_STAT_ANY = 13;
export const SHM_STAT_ANY = 15;
export const SEM_STAT_ANY = 20;
/** Or-ed into a command by old libraries to ask for the 64-bit structs; ignored on amd64. */
export const IPC_64 = 0x100;

export const msgCommands = nameSet("msgctl", {
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  IPC_INFO,
  MSG_STAT,
  MSG_INFO,
  MSG_STAT_ANY,
});
export const shmCommands = nameSet("shmctl", {
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  IPC_INFO,
  SHM_LOCK,
  SHM_UNLOCK,
  SHM_STAT,
  SHM_INFO,
  SHM_STAT_ANY,
});
export const semCommands = nameSet("semctl", {
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  IPC_INFO,
  SEM_STAT,
  SEM_INFO,
  SEM_STAT_ANY,
  GETPID,
  GETVAL,
  GETALL,
  GETNCNT,
  GETZCNT,
  SETVAL,
  SETALL,
});

export const SHM_HUGETLB = 0o4000;
export const SHM_NORESERVE = 0o10000;
export const SHM_R = 0o400;
export const SHM_W = 0o200;
export const SHM_RDONLY = 0o10000;
export const SHM_RND = 0o20000;
export const SHM_REMAP = 0o40000;
export const SHM_EXEC = 0o100000;
export const SHM_DEST = 0o1000;
export const SHM_LOCKED = 0o2000;
export const SHMMIN = 1;
export const SHMMNI = 4096;
export const SEMMNI = 32000;
export const SEMMSL = 32000;
export const SEMOPM = 500;
export const SEMVMX = 32767;
export const SEMMNS = 1024000000;
export const SEMAEM = 32767;
export const MSGMNI = 32000;
export const MSGMAX = 8192;
export const MSGMNB = 16384;
export const SEM_UNDO = 0x1000;
export const MSG_NOERROR = 0o10000;
export const MSG_EXCEPT = 0o20000;
export const MSG_COPY = 0o40000;

const permissionBits = { mask: 0o777, names: {} };
export const ipcGetFlags = flagSet("ipcget", { IPC_CREAT, IPC_EXCL }, permissionBits);
export const shmgetFlags = flagSet(
  "shmget",
  { IPC_CREAT, IPC_EXCL, SHM_HUGETLB, SHM_NORESERVE },
  permissionBits,
);
export const shmatFlags = flagSet("shmat", { SHM_RDONLY, SHM_RND, SHM_REMAP, SHM_EXEC });
export const semopFlags = flagSet("semop", { IPC_NOWAIT, SEM_UNDO });
export const msgFlags = flagSet("msgrcv", { IPC_NOWAIT, MSG_NOERROR, MSG_EXCEPT, MSG_COPY });

/** `struct ipc64_perm`, include/uapi/asm-generic/ipcbuf.h */
export const ipc_perm = struct("ipc64_perm", {
  key: i32,
  uid: u32,
  gid: u32,
  cuid: u32,
  cgid: u32,
  mode: u32,
  seq: u16,
  __pad2: pad(6),
  __unused1: pad(8),
  __unused2: pad(8),
});

/** `struct shmid64_ds`, include/uapi/asm-generic/shmbuf.h */
export const shmid_ds = struct("shmid64_ds", {
  shm_perm: ipc_perm,
  shm_segsz: u64,
  shm_atime: i64,
  shm_dtime: i64,
  shm_ctime: i64,
  shm_cpid: i32,
  shm_lpid: i32,
  shm_nattch: u64,
  __unused4: pad(8),
  __unused5: pad(8),
});

/** `struct shminfo64`, the answer of IPC_INFO */
export const shminfo = struct("shminfo64", {
  shmmax: u64,
  shmmin: u64,
  shmmni: u64,
  shmseg: u64,
  shmall: u64,
  __unused1: pad(32),
});

/** `struct shm_info`, the answer of SHM_INFO */
export const shm_info = struct("shm_info", {
  used_ids: i32,
  shm_tot: u64,
  shm_rss: u64,
  shm_swp: u64,
  swap_attempts: u64,
  swap_successes: u64,
});

/** `struct semid64_ds`, arch/x86/include/uapi/asm/sembuf.h */
export const semid_ds = struct("semid64_ds", {
  sem_perm: ipc_perm,
  sem_otime: i64,
  __unused1: pad(8),
  sem_ctime: i64,
  __unused2: pad(8),
  sem_nsems: u64,
  __unused3: pad(8),
  __unused4: pad(8),
});

/** `struct seminfo`, the answer of IPC_INFO and SEM_INFO */
export const seminfo = struct("seminfo", {
  semmap: i32,
  semmni: i32,
  semmns: i32,
  semmnu: i32,
  semmsl: i32,
  semopm: i32,
  semume: i32,
  semusz: i32,
  semvmx: i32,
  semaem: i32,
});

/** `struct sembuf`, include/uapi/linux/sem.h */
export const sembuf = struct("sembuf", { sem_num: u16, sem_op: i16, sem_flg: i16 });

/** `struct msqid64_ds`, include/uapi/asm-generic/msgbuf.h */
export const msqid_ds = struct("msqid64_ds", {
  msg_perm: ipc_perm,
  msg_stime: i64,
  msg_rtime: i64,
  msg_ctime: i64,
  msg_cbytes: u64,
  msg_qnum: u64,
  msg_qbytes: u64,
  msg_lspid: i32,
  msg_lrpid: i32,
  __unused4: pad(8),
  __unused5: pad(8),
});

/** `struct msginfo`, the answer of IPC_INFO and MSG_INFO */
export const msginfo = struct("msginfo", {
  msgpool: i32,
  msgmap: i32,
  msgmax: i32,
  msgmnb: i32,
  msgmni: i32,
  msgssz: i32,
  msgtql: i32,
  msgseg: u16,
});

/** `struct msgbuf`: the text starts at `msgbuf.at.mtext` and is as long as the call says */
export const msgbuf = struct("msgbuf", { mtype: i64, mtext: bytes(1) });

/** `struct mq_attr`, include/uapi/linux/mqueue.h */
export const mq_attr = struct("mq_attr", {
  mq_flags: i64,
  mq_maxmsg: i64,
  mq_msgsize: i64,
  mq_curmsgs: i64,
  __reserved: pad(32),
});
export const MQ_PRIO_MAX = 32768;
