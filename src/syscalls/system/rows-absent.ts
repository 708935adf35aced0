/**
 * Rows: numbers that Linux keeps and answers with ENOSYS: removed calls, and names that were
 * reserved and never used. Answering ENOSYS is all there is to support.
 * Source: syscalls(2), unimplemented(2); arch/x86/entry/syscalls/syscall_64.tbl.
 */
import { unimplementedInLinux } from "../row.ts";

export const uselib = unimplementedInLinux(
  "uselib",
  134,
  "For a.out libraries; never wired up on amd64",
);

export const _sysctl = unimplementedInLinux("_sysctl", 156, "Removed in Linux 5.5");

export const create_module = unimplementedInLinux("create_module", 174, "Removed in Linux 2.6");

export const get_kernel_syms = unimplementedInLinux("get_kernel_syms", 177, "Removed in Linux 2.6");

export const query_module = unimplementedInLinux("query_module", 178, "Removed in Linux 2.6");

export const nfsservctl = unimplementedInLinux("nfsservctl", 180, "Removed in Linux 3.1");

export const getpmsg = unimplementedInLinux(
  "getpmsg",
  181,
  "Reserved for STREAMS, never implemented",
);

export const putpmsg = unimplementedInLinux(
  "putpmsg",
  182,
  "Reserved for STREAMS, never implemented",
);

export const afs_syscall = unimplementedInLinux(
  "afs_syscall",
  183,
  "Reserved for AFS, never implemented",
);

export const tuxcall = unimplementedInLinux(
  "tuxcall",
  184,
  "Reserved for the TUX server, never implemented",
);

export const security = unimplementedInLinux(
  "security",
  185,
  "Reserved for security modules, never implemented",
);

export const set_thread_area = unimplementedInLinux(
  "set_thread_area",
  205,
  "On amd64 arch_prctl(2) does its work",
);

export const get_thread_area = unimplementedInLinux(
  "get_thread_area",
  211,
  "On amd64 arch_prctl(2) does its work",
);

export const lookup_dcookie = unimplementedInLinux("lookup_dcookie", 212, "Removed in Linux 6.7");

export const epoll_ctl_old = unimplementedInLinux(
  "epoll_ctl_old",
  214,
  "An early form of epoll, never released",
);

export const epoll_wait_old = unimplementedInLinux(
  "epoll_wait_old",
  215,
  "An early form of epoll, never released",
);

export const vserver = unimplementedInLinux(
  "vserver",
  236,
  "Reserved for Linux-VServer, never implemented",
);
