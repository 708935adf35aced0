/**
 * msghdr: messages on sockets: flags, headers, and the control data beside the bytes.
 * Source: send(2), recv(2), recvmmsg(2), cmsg(3), unix(7); include/linux/socket.h.
 */

import { flagSet } from "./flags.ts";
import { i32, struct, u32, u64 } from "./struct.ts";

export const MSG_OOB = 0x1;
export const MSG_PEEK = 0x2;
export const MSG_DONTROUTE = 0x4;
export const MSG_CTRUNC = 0x8;
export const MSG_PROXY = 0x10;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_EOR = 0x80;
export const MSG_WAITALL = 0x100;
export const MSG_FIN = 0x200;
export const MSG_SYN = 0x400;
export const MSG_CONFIRM = 0x800;
export const MSG_RST = 0x1000;
export const MSG_ERRQUEUE = 0x2000;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_MORE = 0x8000;
export const MSG_WAITFORONE = 0x10000;
export const MSG_BATCH = 0x40000;
export const MSG_SOCK_DEVMEM = 0x2000000;
export const MSG_ZEROCOPY = 0x4000000;
export const MSG_FASTOPEN = 0x20000000;
export const MSG_CMSG_CLOEXEC = 0x40000000;

export const messageFlags = flagSet("msg", {
  MSG_OOB,
  MSG_PEEK,
  MSG_DONTROUTE,
  MSG_CTRUNC,
  MSG_PROXY,
  MSG_TRUNC,
  MSG_DONTWAIT,
  MSG_EOR,
  MSG_WAITALL,
  MSG_FIN,
  MSG_SYN,
  MSG_CONFIRM,
  MSG_RST,
  MSG_ERRQUEUE,
  MSG_NOSIGNAL,
  MSG_MORE,
  MSG_WAITFORONE,
  MSG_BATCH,
  MSG_SOCK_DEVMEM,
  MSG_ZEROCOPY,
  MSG_FASTOPEN,
  MSG_CMSG_CLOEXEC,
});

export const SCM_RIGHTS = 1;
export const SCM_CREDENTIALS = 2;
export const SCM_SECURITY = 3;
export const SCM_PIDFD = 4;
export const SCM_TIMESTAMP = 29;
export const SCM_TIMESTAMPNS = 35;
export const SCM_TIMESTAMPING = 37;
export const SOMAXCONN = 4096;
export const SCM_MAX_FD = 253;
export const UIO_MAXIOV = 1024;

/** `struct user_msghdr`, include/linux/socket.h; libc's struct msghdr */
export const msghdr = struct("msghdr", {
  msg_name: u64,
  msg_namelen: i32,
  msg_iov: u64,
  msg_iovlen: u64,
  msg_control: u64,
  msg_controllen: u64,
  msg_flags: u32,
});

/** `struct mmsghdr`: one message of sendmmsg(2) */
export const mmsghdr = struct("mmsghdr", { msg_hdr: msghdr, msg_len: u32 });

/** `struct cmsghdr`; data follows, the next header is 8-byte aligned */
export const cmsghdr = struct("cmsghdr", { cmsg_len: u64, cmsg_level: i32, cmsg_type: i32 });

/** The length of a control message rounded up to where the next one starts. */
export function CMSG_ALIGN(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** `struct ucred`, include/linux/socket.h */
export const ucred = struct("ucred", { pid: i32, uid: u32, gid: u32 });
