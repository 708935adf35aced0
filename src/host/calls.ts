/**
 * Every host system call that the kernel process makes itself, each with its reason: the list a
 * reader audits, and from which the lock-down filter and docs/host-surface.md are made.
 * (What Node's own threads need is listed in lockdown rows, not here.) Numbers: amd64.
 */

export interface HostCall {
  readonly name: string;
  readonly nr: number;
  readonly why: string;
}

function call(name: string, nr: number, why: string): HostCall {
  return { name, nr, why };
}

export const calls = {
  read: call("read", 0, "guest reads of host streams: stdin, pipes and sockets given to the guest"),
  write: call("write", 1, "guest writes to host streams: stdout, stderr"),
  close: call("close", 3, "give back descriptors"),
  fstat: call("fstat", 5, "what kind of stream a given descriptor is"),
  poll: call("poll", 7, "is a host stream ready now"),
  lseek: call("lseek", 8, "SEEK_DATA and SEEK_HOLE on host files"),
  ioctl: call("ioctl", 16, "window size and modes of the user's terminal; bytes queued in guest INET sockets"),
  pread64: call("pread64", 17, "read host files and guest memory (/proc/PID/mem)"),
  pwrite64: call("pwrite64", 18, "write in-memory files and guest memory (/proc/PID/mem)"),
  madvise: call("madvise", 28, "give back scratch pages"),
  dup: call("dup", 32, "a descriptor of our own for a stream that is also the guest's"),
  getpid: call("getpid", 39, "name our own entries in /proc"),
  socket: call("socket", 41, "guest INET sockets under --network host"),
  connect: call("connect", 42, "guest INET sockets under --network host"),
  sendto: call("sendto", 44, "guest INET sockets under --network host"),
  recvfrom: call("recvfrom", 45, "guest INET sockets under --network host"),
  sendmsg: call("sendmsg", 46, "descriptors to stubs; guest INET datagrams"),
  recvmsg: call("recvmsg", 47, "HELLO with the host's word for who sent it; guest INET datagrams"),
  shutdown: call("shutdown", 48, "guest INET sockets under --network host"),
  bind: call("bind", 49, "guest INET sockets under --network host"),
  listen: call("listen", 50, "guest INET sockets under --network host"),
  getsockname: call("getsockname", 51, "guest INET sockets under --network host"),
  getpeername: call("getpeername", 52, "guest INET sockets under --network host"),
  socketpair: call("socketpair", 53, "the control socket of a new stub"),
  setsockopt: call("setsockopt", 54, "SO_PASSCRED on control sockets; guest INET sockets"),
  getsockopt: call("getsockopt", 55, "guest INET sockets under --network host"),
  uname: call("uname", 63, "the host's name as the guest's default"),
  fcntl: call("fcntl", 72, "seal slot memory; non-blocking host streams"),
  fsync: call("fsync", 74, "guest fsync of host files"),
  ftruncate: call("ftruncate", 77, "size of in-memory files"),
  fchdir: call("fchdir", 81, "volumes given by relative path"),
  tgkill: call("tgkill", 234, "interrupt a stub's thread"),
  clockGettime: call("clock_gettime", 228, "wall clock and CPU times"),
  openat: call("openat", 257, "host files below directories that were given to the guest"),
  mkdirat: call("mkdirat", 258, "writable volumes"),
  mknodat: call("mknodat", 259, "writable volumes: FIFOs"),
  fchownat: call("fchownat", 260, "writable volumes"),
  unlinkat: call("unlinkat", 263, "writable volumes"),
  linkat: call("linkat", 265, "writable volumes"),
  symlinkat: call("symlinkat", 266, "writable volumes"),
  readlinkat: call("readlinkat", 267, "symbolic links of host directories"),
  fchmodat: call("fchmodat", 268, "writable volumes"),
  utimensat: call("utimensat", 280, "writable volumes"),
  fallocate: call("fallocate", 285, "holes and preallocation of in-memory files"),
  eventfd2: call("eventfd2", 290, "the doorbell"),
  epollCreate1: call("epoll_create1", 291, "the loop's one descriptor set"),
  epollCtl: call("epoll_ctl", 233, "the loop's one descriptor set"),
  epollPwait2: call("epoll_pwait2", 441, "sleep until something happens"),
  pipe2: call("pipe2", 293, "signals of our own process as bytes"),
  accept4: call("accept4", 288, "guest INET sockets under --network host"),
  getdents64: call("getdents64", 217, "list host directories"),
  statfs: call("statfs", 137, "guest statfs of host directories"),
  fstatfs: call("fstatfs", 138, "guest statfs of host directories"),
  fgetxattr: call("fgetxattr", 193, "extended attributes of host files"),
  lgetxattr: call("lgetxattr", 192, "extended attributes of host files, by /proc/self/fd"),
  llistxattr: call("llistxattr", 195, "extended attributes of host files, by /proc/self/fd"),
  lsetxattr: call("lsetxattr", 189, "writable volumes, by /proc/self/fd"),
  lremovexattr: call("lremovexattr", 198, "writable volumes, by /proc/self/fd"),
  syncfs: call("syncfs", 306, "guest syncfs of writable volumes"),
  renameat2: call("renameat2", 316, "writable volumes"),
  getrandom: call("getrandom", 318, "entropy for the guest"),
  memfdCreate: call("memfd_create", 319, "slot memory and in-memory files"),
  statx: call("statx", 332, "attributes of host files"),
  pidfdSendSignal: call("pidfd_send_signal", 424, "end a stub process"),
  pidfdOpen: call("pidfd_open", 434, "see a stub process die; never confuse it with another"),
  prlimit64: call("prlimit64", 302, "how many descriptors we may hold"),
} as const;
