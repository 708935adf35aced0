/**
 * The rows of /proc/sys: kernel, vm, fs, net, user, abi, debug, dev. Numbers that the kernel enforces
 * come from where it does; the rest say what a fresh Linux says.
 */
import { CAP_LAST_CAP } from "../../../abi/capability.ts";
import { EINVAL } from "../../../abi/errno.ts";
import { PID_MAX } from "../../../kernel/ns/pid-namespace.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { RELEASE, SYSTEM_NAME, VERSION } from "../../../kernel/version.ts";
import { directory, type Entry } from "../../pseudo/entry.ts";
import { parseInteger } from "../format.ts";
import type { ProcSystem } from "../subject.ts";
import { SYSCTL_NET } from "./net.ts";
import { live, number, numbers, text } from "./rows.ts";

const NAME_LENGTH = 64;
const ULONG_LIKE = "18446744073692774399";

function setHostname(_system: ProcSystem, task: Task, value: string): number {
  task.namespaces.uts.hostname = line(value);
  return 0;
}

function setDomainname(_system: ProcSystem, task: Task, value: string): number {
  task.namespaces.uts.domainname = line(value);
  return 0;
}

function line(value: string): string {
  return value.replace(/[\n\0].*$/s, "").slice(0, NAME_LENGTH);
}

const PATTERN_LENGTH = 127;

function setCorePattern({ kernel }: ProcSystem, _task: Task, value: string): number {
  kernel.corePattern = value.replace(/[\n\0].*$/s, "").slice(0, PATTERN_LENGTH);
  return 0;
}

function setCoreUsesPid({ kernel }: ProcSystem, _task: Task, value: string): number {
  const number = parseInteger(value.trim());
  if (Number.isNaN(number)) return -EINVAL;
  kernel.coreUsesPid = number !== 0;
  return 0;
}

/** A version 4 UUID of fresh chance. */
function uuid({ kernel }: ProcSystem): string {
  const bytes = new Uint8Array(16);
  kernel.entropy.fill(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/** Made at first use. */
const BOOT_ID = "kernel.random.boot_id";

function bootId(system: ProcSystem): string {
  const { settings } = system;
  if (!settings.has(BOOT_ID)) settings.set(BOOT_ID, uuid(system));
  return settings.get(BOOT_ID)!;
}

const RANDOM = directory<ProcSystem>("random", [
  live("boot_id", bootId),
  number("entropy_avail", 256),
  number("poolsize", 256),
  number("urandom_min_reseed_secs", 60, "kept"),
  live("uuid", uuid),
  number("write_wakeup_threshold", 256, "kept"),
]);

const KERNEL: readonly Entry<ProcSystem>[] = [
  text("arch", "x86_64"),
  number("auto_msgmni", 0, "kept"),
  number("cap_last_cap", CAP_LAST_CAP),
  live("core_pattern", ({ kernel }) => kernel.corePattern, setCorePattern),
  number("core_pipe_limit", 0, "kept"),
  live("core_uses_pid", ({ kernel }) => (kernel.coreUsesPid ? "1" : "0"), setCoreUsesPid),
  number("dmesg_restrict", 1, "kept"),
  live("domainname", (_system, task) => task.namespaces.uts.domainname, setDomainname),
  live("hostname", (_system, task) => task.namespaces.uts.hostname, setHostname),
  number("io_uring_disabled", 2, "kept"),
  directory("keys", [
    number("maxbytes", 20000, "kept"),
    number("maxkeys", 200, "kept"),
    number("root_maxbytes", 25000000, "kept"),
    number("root_maxkeys", 1000000, "kept"),
  ]),
  number("kptr_restrict", 2, "kept"),
  number("msgmax", 8192, "kept"),
  number("msgmnb", 16384, "kept"),
  number("msgmni", 32000, "kept"),
  number("ngroups_max", 65536),
  live("ns_last_pid", (_system, task) => String(task.group.pidNamespace.last)),
  number("numa_balancing", 0, "kept"),
  live("osrelease", () => RELEASE),
  live("ostype", () => SYSTEM_NAME),
  number("overflowgid", 65534, "kept", "kernel.overflowgid"),
  number("overflowuid", 65534, "kept", "kernel.overflowuid"),
  number("panic", 0, "kept"),
  number("panic_on_oops", 0, "kept"),
  number("perf_event_paranoid", 4, "kept"),
  number("pid_max", PID_MAX),
  numbers("printk", [4, 4, 1, 7], "kept"),
  directory("pty", [number("max", 4096), number("nr", 0), number("reserve", 1024)]),
  RANDOM,
  number("randomize_va_space", 2, "kept"),
  number("sched_rr_timeslice_ms", 100, "kept"),
  number("sched_rt_period_us", 1000000, "kept"),
  number("sched_rt_runtime_us", 950000, "kept"),
  directory("seccomp", [
    text("actions_avail", "kill_process kill_thread trap errno user_notif trace log allow"),
    text("actions_logged", "kill_process kill_thread trap errno user_notif trace log", "kept"),
  ]),
  numbers("sem", [32000, 1024000000, 500, 32000], "kept"),
  text("shmall", ULONG_LIKE, "kept"),
  text("shmmax", ULONG_LIKE, "kept"),
  number("shmmni", 4096, "kept"),
  number("shm_rmid_forced", 0, "kept"),
  number("tainted", 0),
  number("threads-max", PID_MAX),
  number("unprivileged_bpf_disabled", 2, "kept"),
  live("version", () => VERSION),
];

const VM: readonly Entry<ProcSystem>[] = [
  number("admin_reserve_kbytes", 8192, "kept"),
  number("dirty_background_bytes", 0, "kept"),
  number("dirty_background_ratio", 10, "kept"),
  number("dirty_bytes", 0, "kept"),
  number("dirty_expire_centisecs", 3000, "kept"),
  number("dirty_ratio", 20, "kept"),
  number("dirty_writeback_centisecs", 500, "kept"),
  number("drop_caches", 0, "kept"),
  number("legacy_va_layout", 0, "kept"),
  number("max_map_count", 65530, "kept"),
  number("min_free_kbytes", 67584, "kept"),
  live("mmap_min_addr", ({ kernel }) => String(kernel.platform.guestStart)),
  number("mmap_rnd_bits", 28, "kept"),
  number("nr_hugepages", 0, "kept"),
  number("nr_overcommit_hugepages", 0, "kept"),
  number("oom_dump_tasks", 1, "kept"),
  number("oom_kill_allocating_task", 0, "kept"),
  number("overcommit_kbytes", 0, "kept"),
  number("overcommit_memory", 0, "kept"),
  number("overcommit_ratio", 50, "kept"),
  number("page-cluster", 3, "kept"),
  number("panic_on_oom", 0, "kept"),
  number("stat_interval", 1, "kept"),
  number("swappiness", 60, "kept"),
  number("unprivileged_userfaultfd", 0, "kept"),
  number("user_reserve_kbytes", 131072, "kept"),
  number("vfs_cache_pressure", 100, "kept"),
  number("watermark_scale_factor", 10, "kept"),
  number("zone_reclaim_mode", 0, "kept"),
];

const FS: readonly Entry<ProcSystem>[] = [
  number("aio-max-nr", 65536, "kept"),
  number("aio-nr", 0),
  live("dentry-state", ({ kernel }) => {
    const { count, negatives } = kernel.vfs.dentries;
    return `${count}\t0\t45\t0\t${negatives}\t0`;
  }),
  directory("epoll", [number("max_user_watches", 5057000, "kept")]),
  text("file-max", "9223372036854775807", "kept"),
  live("file-nr", () => "0\t0\t9223372036854775807"),
  numbers("inode-nr", [0, 0]),
  directory("inotify", [
    number("max_queued_events", 16384, "kept"),
    number("max_user_instances", 128, "kept"),
    number("max_user_watches", 1048576, "kept"),
  ]),
  number("lease-break-time", 45, "kept"),
  number("leases-enable", 1, "kept"),
  number("mount-max", 10000, "kept"),
  directory("mqueue", [
    number("msg_default", 10, "kept"),
    number("msg_max", 10, "kept"),
    number("msgsize_default", 8192, "kept"),
    number("msgsize_max", 8192, "kept"),
    number("queues_max", 256, "kept"),
  ]),
  number("nr_open", 1048576, "kept"),
  number("overflowgid", 65534, "kept", "fs.overflowgid"),
  number("overflowuid", 65534, "kept", "fs.overflowuid"),
  number("pipe-max-size", 1048576, "kept"),
  number("pipe-user-pages-hard", 0, "kept"),
  number("pipe-user-pages-soft", 16384, "kept"),
  number("protected_fifos", 0, "kept"),
  number("protected_hardlinks", 0, "kept"),
  number("protected_regular", 0, "kept"),
  number("protected_symlinks", 0, "kept"),
  number("suid_dumpable", 0, "kept"),
];

const USER: readonly Entry<ProcSystem>[] = [
  "cgroup",
  "ipc",
  "mnt",
  "net",
  "pid",
  "time",
  "user",
  "uts",
].map((kind) => number(`max_${kind}_namespaces`, 96364, "kept"));

export const SYSCTL: readonly Entry<ProcSystem>[] = [
  directory("abi", [number("vsyscall32", 1, "kept")]),
  directory("debug", [number("exception-trace", 1, "kept")]),
  directory("dev", []),
  directory("fs", FS),
  directory("kernel", KERNEL),
  directory("net", SYSCTL_NET),
  directory("user", USER),
  directory("vm", VM),
];
