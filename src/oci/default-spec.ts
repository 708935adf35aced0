/**
 * default-spec: the config.json that `spec` writes: a shell in an image that is mounted read-only, with
 * the few capabilities, mounts and hidden paths that every runtime begins with.
 */
import type { MountSpec, Spec } from "./spec.ts";
import { OCI_VERSION } from "./state.ts";

export interface SpecOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  /** "" for a new one. */
  readonly networkNamespace: string;
}

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];
const QUIET = ["nosuid", "noexec", "nodev"];

export function defaultSpec({ args, cwd, networkNamespace }: SpecOptions): Spec {
  const network = networkNamespace === "" ? {} : { path: networkNamespace };
  return {
    ociVersion: OCI_VERSION,
    process: {
      terminal: args.length === 1 && args[0] === "sh",
      user: { uid: 0, gid: 0 },
      args,
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd,
      capabilities: {
        bounding: CAPABILITIES,
        effective: CAPABILITIES,
        permitted: CAPABILITIES,
      },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "tvisor",
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      {
        destination: "/dev",
        type: "tmpfs",
        source: "tmpfs",
        options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
      },
      {
        destination: "/dev/pts",
        type: "devpts",
        source: "devpts",
        options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
      },
      {
        destination: "/dev/shm",
        type: "tmpfs",
        source: "shm",
        options: [...QUIET, "mode=1777", "size=65536k"],
      },
      { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: QUIET },
      { destination: "/sys", type: "sysfs", source: "sysfs", options: [...QUIET, "ro"] },
      {
        destination: "/sys/fs/cgroup",
        type: "cgroup",
        source: "cgroup",
        options: [...QUIET, "relatime", "ro"],
      },
    ],
    linux: {
      resources: { devices: [{ allow: false, access: "rwm" }] },
      namespaces: [
        { type: "pid" },
        { type: "network", ...network },
        { type: "ipc" },
        { type: "uts" },
        { type: "mount" },
        { type: "cgroup" },
      ],
      maskedPaths: [
        "/proc/acpi",
        "/proc/asound",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/proc/sched_debug",
        "/sys/firmware",
        "/proc/scsi",
      ],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
}

/**
 * The same for an ordinary user, who is root in a user namespace of his own and has no other id there: no groups
 * of others, the host's network and its /sys, no control groups.
 */
export function rootlessSpec(spec: Spec, uid: number, gid: number): Spec {
  const { resources: _, ...linux } = spec.linux!;
  const kept = linux.namespaces!.filter(({ type }) => type !== "network");
  return {
    ...spec,
    mounts: spec.mounts!.map((mount) => (mount.type === "sysfs" ? HOST_SYS : withoutIds(mount))),
    linux: {
      ...linux,
      uidMappings: [{ containerID: 0, hostID: uid, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: gid, size: 1 }],
      namespaces: [...kept, { type: "user" }],
    },
  };
}

/** Who has no network namespace of his own may not mount sysfs. */
const HOST_SYS: MountSpec = {
  destination: "/sys",
  type: "none",
  source: "/sys",
  options: ["rbind", ...QUIET, "ro"],
};

function withoutIds(mount: MountSpec): MountSpec {
  const { options } = mount;
  if (options === undefined) return mount;
  return { ...mount, options: options.filter((word) => !/^[ug]id=/.test(word)) };
}
