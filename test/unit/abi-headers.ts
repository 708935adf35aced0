/**
 * Which C headers say the same as each file of src/abi, and where names differ.
 *  - `includes` are the kernel's own headers where possible: libc's structs are sometimes others.
 *  - `prelude` declares shapes that Linux documents but exports in no header.
 *  - `types` and `fields` give the C spelling where it is not `struct name` and the field's name;
 *    "" is a field that C cannot point at (two bit-fields in one byte).
 *  - `skip` names constants that a header defines differently, with the reason.
 */
export interface HeaderInfo {
  readonly module: string;
  readonly includes: readonly string[];
  readonly prelude?: string;
  readonly types?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
  readonly skip?: Readonly<Record<string, string>>;
}

/** Structs that grow at the end from one Linux to the next: newer headers have larger ones. */
export const growing: ReadonlySet<string> = new Set([
  "clone_args",
  "file_attr",
  "mnt_id_req",
  "mount_attr",
  "open_how",
  "rseq",
  "sched_attr",
  "tcp_info",
  "xattr_args",
]);

const siginfoType = "siginfo_t";

export const headers: readonly HeaderInfo[] = [
  { module: "errno", includes: ["asm/errno.h"] },
  {
    module: "fcntl",
    includes: [
      "linux/fcntl.h",
      "linux/openat2.h",
      "linux/fs.h",
      "linux/falloc.h",
      "linux/fadvise.h",
      "linux/close_range.h",
    ],
    prelude: "struct file_handle { unsigned handle_bytes; int handle_type; };",
  },
  { module: "file-attr", includes: ["linux/fs.h"] },
  {
    module: "stat",
    includes: ["asm/stat.h", "linux/stat.h", "asm/statfs.h", "linux/magic.h"],
    prelude:
      "struct ustat { int f_tfree; unsigned long f_tinode; char f_fname[6]; char f_fpack[6]; };",
  },
  { module: "mman", includes: ["linux/mman.h", "linux/memfd.h", "linux/mempolicy.h"] },
  {
    module: "signal",
    includes: ["linux/signal.h", "linux/signalfd.h"],
    prelude: "#define _NSIG 64",
    skip: { NSIG: "the kernel's own count; the header's is that of the old 32-bit sets" },
  },
  {
    module: "siginfo",
    includes: ["linux/signal.h"],
    types: {
      siginfo: siginfoType,
      siginfo_kill: siginfoType,
      siginfo_rt: siginfoType,
      siginfo_timer: siginfoType,
      siginfo_sigchld: siginfoType,
      siginfo_sigfault: siginfoType,
      siginfo_sigpoll: siginfoType,
      siginfo_sigsys: siginfoType,
    },
  },
  {
    module: "sigframe",
    includes: ["linux/signal.h", "asm/sigcontext.h", "asm/ucontext.h"],
    prelude: "struct rt_sigframe { char *pretcode; struct ucontext uc; siginfo_t info; };",
  },
  {
    module: "sched",
    includes: ["linux/sched.h", "linux/sched/types.h"],
    prelude: "struct tv_sched_param { int sched_priority; };",
    types: { sched_param: "struct tv_sched_param" },
  },
  { module: "wait", includes: ["linux/wait.h"] },
  {
    module: "time",
    includes: [
      "linux/time.h",
      "linux/timerfd.h",
      "linux/timex.h",
      "linux/times.h",
      "linux/utime.h",
    ],
  },
  {
    module: "poll",
    includes: ["linux/poll.h", "linux/eventpoll.h", "linux/eventfd.h"],
    prelude: "struct pselect6_sigmask { const void *ss; unsigned long ss_len; };",
  },
  { module: "resource", includes: ["linux/resource.h"] },
  {
    module: "process",
    includes: [
      "linux/prctl.h",
      "asm/prctl.h",
      "linux/auxvec.h",
      "asm/auxvec.h",
      "linux/personality.h",
      "linux/kcmp.h",
      "linux/pidfd.h",
    ],
  },
  {
    module: "capability",
    includes: ["linux/capability.h", "linux/securebits.h"],
    fields: {
      "vfs_ns_cap_data.permitted_lo": "data[0].permitted",
      "vfs_ns_cap_data.inheritable_lo": "data[0].inheritable",
      "vfs_ns_cap_data.permitted_hi": "data[1].permitted",
      "vfs_ns_cap_data.inheritable_hi": "data[1].inheritable",
    },
  },
  {
    module: "socket",
    includes: ["sys/socket.h", "sys/un.h", "netinet/in.h", "linux/if_packet.h"],
  },
  { module: "msghdr", includes: ["sys/socket.h"] },
  { module: "netlink", includes: ["sys/socket.h", "linux/netlink.h"] },
  {
    module: "rtnetlink",
    includes: ["sys/socket.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_addr.h"],
  },
  { module: "socket-inet", includes: ["linux/in.h", "linux/in6.h", "linux/ipv6.h"] },
  {
    module: "socket-tcp",
    includes: ["linux/tcp.h", "linux/udp.h", "linux/icmp.h", "linux/if_packet.h"],
    fields: { "tcp_info.tcpi_wscale": "", "tcp_info.tcpi_limited": "" },
  },
  { module: "termios", includes: ["asm/termios.h", "linux/tty.h"] },
  {
    module: "ioctl",
    includes: [
      "linux/types.h",
      "asm/ioctls.h",
      "asm/termios.h",
      "linux/fs.h",
      "linux/fiemap.h",
      "linux/nsfs.h",
      "linux/random.h",
      "linux/loop.h",
      "linux/pidfd.h",
    ],
  },
  {
    module: "ioctl-net",
    includes: ["linux/types.h", "asm/ioctls.h", "linux/sockios.h", "linux/if.h", "linux/if_tun.h"],
  },
  {
    module: "dirent",
    includes: ["dirent.h"],
    prelude: `struct linux_dirent64 { unsigned long d_ino; long d_off; unsigned short d_reclen;
        unsigned char d_type; char d_name[]; };
      struct linux_dirent { unsigned long d_ino, d_off; unsigned short d_reclen; char d_name[]; };
      #define LINUX_DIRENT64_NAME offsetof(struct linux_dirent64, d_name)
      #define LINUX_DIRENT_NAME offsetof(struct linux_dirent, d_name)`,
  },
  { module: "futex", includes: ["linux/futex.h"] },
  {
    module: "system",
    includes: ["linux/utsname.h", "linux/sysinfo.h", "linux/reboot.h", "linux/module.h"],
  },
  { module: "mount", includes: ["linux/fcntl.h", "linux/mount.h", "linux/fs.h"] },
  {
    module: "ipc",
    includes: ["linux/ipc.h", "linux/shm.h", "linux/sem.h", "linux/msg.h", "linux/mqueue.h"],
    prelude: "#include <linux/limits.h>",
  },
  {
    module: "elf",
    includes: ["linux/elf.h", "linux/elf-em.h"],
    types: { Elf64_Dyn: "Elf64_Dyn" },
  },
  { module: "bpf", includes: ["linux/bpf.h"], skip: { bpf_insn: "its registers are bit fields" } },
  { module: "core", includes: ["sys/procfs.h", "linux/elf.h"] },
  { module: "inotify", includes: ["linux/inotify.h"] },
  {
    module: "seccomp",
    includes: ["linux/ioctl.h", "linux/seccomp.h", "linux/filter.h", "linux/audit.h"],
  },
  { module: "xattr", includes: ["linux/xattr.h", "linux/limits.h"] },
  {
    module: "limits",
    includes: ["linux/limits.h", "linux/binfmts.h", "linux/uio.h"],
    prelude: "#define PAGE_SIZE 4096",
    skip: { NR_OPEN: "the header keeps a number of long ago; the ceiling is /proc/sys/fs/nr_open" },
  },
  { module: "uio", includes: ["linux/uio.h", "linux/fs.h", "linux/aio_abi.h"] },
  { module: "rseq", includes: ["linux/rseq.h", "linux/membarrier.h"] },
  { module: "keyctl", includes: ["linux/keyctl.h"] },
  { module: "random", includes: ["linux/random.h"] },
  {
    module: "ptrace",
    includes: ["sys/user.h", "linux/ptrace.h", "asm/ptrace-abi.h"],
    fields: {
      "ptrace_syscall_info.nr": "entry.nr",
      "ptrace_syscall_info.args": "entry.args",
      "ptrace_syscall_info.ret_data": "seccomp.ret_data",
      "ptrace_syscall_info.rval": "exit.rval",
      "ptrace_syscall_info.is_error": "exit.is_error",
    },
  },
];
