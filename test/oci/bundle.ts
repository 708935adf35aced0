/**
 * Bundles for tests: a root of Debian's static busybox with a few users, and a config.json like the one
 * that engines write, changed by each test.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BUSYBOX = "/bin/busybox";

/** config.json, as loosely typed as tests of wrong ones need it. */
// biome-ignore lint/suspicious/noExplicitAny: a test may put anything anywhere
export type Config = any;

const CAPABILITIES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/** What engines ask for by default. */
export function plainConfig(args: readonly string[]): Config {
  const quiet = ["nosuid", "noexec", "nodev"];
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args,
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      cwd: "/",
      capabilities: {
        // A row that adds to one changes no other.
        bounding: [...CAPABILITIES],
        effective: [...CAPABILITIES],
        permitted: [...CAPABILITIES],
      },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: false },
    hostname: "box",
    mounts: [
      { destination: "/proc", type: "proc", source: "proc", options: quiet },
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
        options: [...quiet, "mode=1777", "size=65536k"],
      },
      { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: quiet },
      { destination: "/sys", type: "sysfs", source: "sysfs", options: [...quiet, "ro"] },
    ],
    linux: {
      resources: { devices: [{ allow: false, access: "rwm" }] },
      namespaces: ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type })),
      maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
}

/** A directory tree that a container can run in. */
export function makeRoot(path: string): void {
  for (const name of [
    "bin",
    "sbin",
    "proc",
    "sys",
    "dev",
    "etc",
    "root",
    "usr/bin",
    "home/ada",
    "var",
  ])
    mkdirSync(join(path, name), { recursive: true });
  mkdirSync(join(path, "tmp"));
  chmodSync(join(path, "tmp"), 0o1777);
  copyFileSync(BUSYBOX, join(path, "bin/busybox"));
  chmodSync(join(path, "bin/busybox"), 0o755);
  for (const applet of execFileSync(BUSYBOX, ["--list"], { encoding: "utf8" }).trim().split("\n"))
    if (applet !== "busybox") symlinkSync("/bin/busybox", join(path, "bin", applet));
  writeFileSync(
    join(path, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada:/home/ada:/bin/sh\n",
  );
  writeFileSync(join(path, "etc/group"), "root:x:0:\nada:x:1000:\nlab:x:2000:ada\n");
  lchownSync(join(path, "home/ada"), 1000, 1000);
}

let image = "";

/** The root is made once per process, and copied for each bundle. */
function imageOfThisRun(): string {
  if (image !== "") return image;
  image = mkdtempSync(join(tmpdir(), "tvisor-image-"));
  makeRoot(image);
  process.once("exit", () => rmSync(image, { recursive: true, force: true }));
  return image;
}

/** A fresh bundle at `path`. */
export function makeBundle(path: string, config: Config): void {
  mkdirSync(path, { recursive: true });
  execFileSync("cp", ["-a", imageOfThisRun(), join(path, "rootfs")]);
  chmodSync(join(path, "rootfs"), 0o755);
  writeFileSync(join(path, "config.json"), JSON.stringify(config, null, 1));
}

/** Why runc cannot serve as the reference here; "" when it can. */
export function whyNoReference(): string {
  if (process.geteuid!() !== 0) return "runc as a reference needs root";
  if (!existsSync(BUSYBOX)) return "busybox-static is not installed";
  const place = mkdtempSync(join(tmpdir(), "tvisor-runc-"));
  try {
    makeBundle(place, plainConfig(["true"]));
    const result = spawnSync(
      "runc",
      ["--root", join(place, "state"), "run", "-b", place, `probe-${process.pid}`],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    if (result.error !== undefined) return "runc is not installed";
    return result.status === 0 ? "" : `runc cannot run a container here: ${result.stderr.trim()}`;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
