/**
 * global-flags: the names of options before the command. Those that runsc has and tvisor does not are
 * refused with the reason: whoever asks for something must not get something else.
 */
import type { FlagTable } from "./flags.ts";

export const GLOBAL_FLAGS: FlagTable = {
  root: "text",
  log: "text",
  "log-format": "text",
  debug: "truth",
  "debug-log": "text",
  "debug-log-format": "text",
  "debug-command": "text",
  alsologtostderr: "truth",
  strace: "truth",
  "strace-syscalls": "text",
  "strace-log-size": "text",
  network: "text",
  "net-raw": "truth",
  overlay2: "text",
  overlay: "truth",
  "file-access": "text",
  "file-access-mounts": "text",
  "host-uds": "text",
  "allow-suid": "truth",
  "oci-seccomp": "truth",
  "systemd-cgroup": "truth",
  "ignore-cgroups": "truth",
  rootless: "choice",
  fdlimit: "text",
  "allow-flag-override": "truth",
  criu: "text",
  platform: "text",
  directfs: "truth",
};

export interface Refused {
  readonly kind: "text" | "truth";
  /** The value that means what tvisor does anyway. */
  readonly accepts: string;
  readonly why: string;
}

const truth = (accepts: "true" | "false", why: string): Refused => ({
  kind: "truth",
  accepts,
  why,
});
const text = (accepts: string, why: string): Refused => ({ kind: "text", accepts, why });

const NO_STACK = "tvisor has no network stack of its own";
const NO_PROFILE = "`tvisor do --timing` and `--stats` tell where time goes";
const NO_METRICS = "`tvisor events` tells what a container uses";
const NO_CHECKPOINT = "tvisor makes no checkpoints";
const NO_DEVICES = "no device of the host is given to guests";

export const REFUSED_FLAGS: Readonly<Record<string, Refused>> = {
  "host-fifo": text("none", "FIFOs in the files of a guest are the sandbox's own"),
  "watchdog-action": text("", "there is no watchdog; `tvisor debug --stacks` shows what hangs"),
  "panic-signal": text("-1", "`tvisor debug --stacks` shows what runs"),
  "panic-log": text("", "what ends a sandbox is in its log: `tvisor logs`"),
  "debug-to-user-log": truth("false", "`create --user-log` has what is for users"),
  traceback: text("system", "it is about another language"),
  "log-packets": truth("false", NO_STACK),
  "pcap-log": text("", NO_STACK),
  gso: truth("false", NO_STACK),
  "software-gso": truth("false", NO_STACK),
  "gvisor-gro": truth("false", NO_STACK),
  "tx-checksum-offload": truth("false", NO_STACK),
  "rx-checksum-offload": truth("false", NO_STACK),
  qdisc: text("none", NO_STACK),
  "num-network-channels": text("1", NO_STACK),
  "reproduce-nat": truth("false", NO_STACK),
  "reproduce-nftables": truth("false", NO_STACK),
  "pause-external-networking": truth("false", NO_STACK),
  "allow-packet-socket-write": truth("false", NO_STACK),
  profile: truth("false", NO_PROFILE),
  "profile-block": text("", NO_PROFILE),
  "profile-cpu": text("", NO_PROFILE),
  "profile-heap": text("", NO_PROFILE),
  "profile-mutex": text("", NO_PROFILE),
  trace: text("", NO_PROFILE),
  "metric-server": text("", NO_METRICS),
  "final-metrics-log": text("", NO_METRICS),
  "profiling-metrics": text("", NO_METRICS),
  "strace-event": truth("false", "`--strace` writes to the debug log"),
  "allow-live-tcp-migration": truth("false", NO_CHECKPOINT),
  "net-disconnect-ok": truth("true", NO_CHECKPOINT),
  "allow-connected-on-save": truth("false", NO_CHECKPOINT),
  "restore-spec-validation": text("enforce", NO_CHECKPOINT),
  "character-device-policy": text("emulated-only", NO_DEVICES),
  nvproxy: truth("false", NO_DEVICES),
  tpuproxy: truth("false", NO_DEVICES),
  rdmaproxy: truth("false", NO_DEVICES),
  platform_device_path: text("", NO_DEVICES),
  iouring: truth("false", "guests have no io_uring"),
  dcache: text("-1", "names are remembered as long as there is memory"),
  "mount-cgroup-v2": truth("true", "guests have version 2 of control groups, and no other"),
  "override-procs": text("", "/proc has what Linux has"),
  "gvisor-marker-file": truth("false", "a guest tells tvisor by uname(2)"),
  "pod-init-config": text("", "there are no trace sessions"),
  "gofer-network-namespace": text("null", "there is no process beside the kernel's"),
  "host-settings": text(
    "ignore",
    "tvisor changes nothing of the host; `tvisor doctor` says what would help",
  ),
};
