/**
 * PrivateSystemd: a systemd of the test's own: process 1 of a pid namespace, with its own /run, its own
 * view of control groups (one group of the host's in each hierarchy is its top), a message bus, and
 * units from a directory of the test's alone.
 *  - version 2: one tree, with those controllers that the host's version 1 has not taken; version 1: the
 *    host's hierarchies as they are.
 *  - A command runs in it (`call`) as root, or as an ordinary user beneath a manager of his own.
 *  - close() ends it by its pid, all its processes with it, and takes its groups away.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { findHierarchies, type Hierarchy } from "../../src/cli/oci/cgroup/hierarchies.ts";
import { removeGroup } from "./cgroups.ts";

const SYSTEMD = "/usr/lib/systemd/systemd";
const UP_TRIES = 200;
const NAP_MS = 50;
const COMMAND_MS = 60_000;
const USER = 65534;

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

export interface CallOptions {
  /** Where systemd's own socket is not to be had, as for whoever is not root. */
  readonly onlyBus?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** `kind`: whose bus. */
function units(kind: "system" | "session"): Readonly<Record<string, string>> {
  const socket = kind === "system" ? "/run/dbus/system_bus_socket" : "%t/bus";
  return {
    "test.target": "[Unit]\nWants=dbus.socket\n",
    // What services wait for unless told otherwise.
    "basic.target": "[Unit]\n",
    "sysinit.target": "[Unit]\n",
    "dbus.socket": `[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=${socket}\n`,
    "dbus.service": `[Unit]
DefaultDependencies=no
Requires=dbus.socket
[Service]
Type=notify
NotifyAccess=main
ExecStart=/usr/bin/dbus-daemon --${kind} --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only
`,
  };
}

/** As process 1. systemd writes to /etc on some machines: here it may not. */
function initScript(place: string, version: 1 | 2, hierarchies: readonly Hierarchy[]): string {
  const controllers = (hierarchy: Hierarchy) =>
    hierarchy.controllers.map((each) => (each.includes("=") ? `none,${each}` : each)).join(",");
  const mounts =
    version === 2
      ? ["mount -t cgroup2 cgroup2 /sys/fs/cgroup"]
      : [
          "mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup",
          ...hierarchies.flatMap((hierarchy) => {
            if (hierarchy.version === 2) return [];
            const { mountPoint } = hierarchy;
            const mount = `mount -t cgroup -o ${controllers(hierarchy)} cgroup ${mountPoint}`;
            return [`mkdir -p ${mountPoint}`, mount];
          }),
        ];
  return `set -eu
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mount --bind /etc /etc
mount -o remount,bind,ro /etc
mkdir -p /run/lock /run/dbus
umount -R /sys/fs/cgroup
${mounts.join("\n")}
cd /
exec env -i PATH="$PATH" container=tvisor-test SYSTEMD_UNIT_PATH=${place}/system:/run/systemd/transient \\
  SYSTEMD_GENERATOR_PATH=${place}/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=${place}/none \\
  ${SYSTEMD} --system --unit=test.target --log-target=console --show-status=no
`;
}

export class PrivateSystemd {
  readonly place: string;
  readonly #name: string;
  readonly #groups: string[] = [];
  #outside: ChildProcess | null = null;
  #pid = 0;

  /** Running, or why there can be none here. */
  static start(version: 1 | 2): PrivateSystemd | string {
    if (process.geteuid!() !== 0) return "a systemd of the test's own needs root";
    if (!existsSync(SYSTEMD)) return "systemd is not installed";
    if (!existsSync("/usr/bin/dbus-daemon")) return "dbus-daemon is not installed";
    const hierarchies = findHierarchies();
    const wanted = hierarchies.filter((each) => each.version === version);
    if (wanted.length === 0) return `this host has no control groups of version ${version}`;
    const systemd = new PrivateSystemd(version);
    const why = systemd.#boot(version, hierarchies);
    if (why === "") return systemd;
    systemd.close();
    return `no systemd of the test's own can run here: ${why}`;
  }

  private constructor(version: 1 | 2) {
    this.#name = `tvisor-systemd-${process.pid}-${version}`;
    this.place = mkdtempSync(join(tmpdir(), "tvisor-systemd-"));
    execFileSync("chmod", ["755", this.place]);
    for (const kind of ["system", "session"] as const) {
      mkdirSync(join(this.place, kind));
      for (const [name, text] of Object.entries(units(kind)))
        writeFileSync(join(this.place, kind, name), text);
    }
  }

  #boot(version: 1 | 2, hierarchies: readonly Hierarchy[]): string {
    try {
      for (const hierarchy of hierarchies) this.#makeGroup(hierarchy);
    } catch (error) {
      return (error as Error).message;
    }
    const init = join(this.place, "init.sh");
    writeFileSync(init, initScript(this.place, version, hierarchies));
    // A control group namespace begins where its maker is. "0" is whoever writes.
    const enter = this.#groups.map((group) => `echo 0 > ${group}/cgroup.procs`).join(" && ");
    this.#outside = spawn(
      "setpriv",
      [
        // It ends with the test, however that ends.
        ...["--pdeathsig", "KILL", "unshare"],
        ...["--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child=SIGKILL"],
        ...["--propagation", "private"],
        ...["sh", "-c", `${enter} && exec unshare --cgroup sh ${init}`],
      ],
      { stdio: ["ignore", "ignore", openSync(this.log, "a")], detached: true },
    );
    this.#outside.unref();
    return this.#await();
  }

  /** What systemd says. */
  get log(): string {
    return join(this.place, "log");
  }

  #makeGroup({ mountPoint, version, controllers }: Hierarchy): void {
    const group = join(mountPoint, this.#name);
    mkdirSync(group);
    this.#groups.push(group);
    if (controllers.includes("cpuset"))
      for (const file of ["cpuset.cpus", "cpuset.mems"])
        writeFileSync(join(group, file), readFileSync(join(mountPoint, file)));
    if (version !== 2) return;
    const has = readFileSync(join(mountPoint, "cgroup.controllers"), "utf8").trim().split(" ");
    for (const name of has.filter(Boolean))
      writeFileSync(join(mountPoint, "cgroup.subtree_control"), `+${name}`);
  }

  /** Until it answers; why it does not. */
  #await(): string {
    const bell = new Int32Array(new SharedArrayBuffer(4));
    const parent = this.#outside!.pid!;
    let said = "it did not start";
    for (let tries = 0; tries < UP_TRIES; tries++) {
      Atomics.wait(bell, 0, 0, NAP_MS);
      let children: string;
      try {
        children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim();
        this.#pid = Number(children.split(" ")[0]);
        if (!readFileSync(`/proc/${this.#pid}/comm`, "utf8").startsWith("systemd")) continue;
      } catch {
        continue;
      }
      const { code, out, err } = this.call(["systemctl", "is-active", "dbus.socket"]);
      if (code === 0) return "";
      said = `${out}${err}`;
    }
    return said;
  }

  /** A command's beginning that has it run here as root. */
  get prefix(): string[] {
    return ["nsenter", "--target", String(this.#pid), "--all", "--wdns=/"];
  }

  call(argv: readonly string[], { onlyBus = false, env = {} }: CallOptions = {}): Outcome {
    const hidden = onlyBus
      ? [
          "unshare",
          "--mount",
          "sh",
          "-c",
          `mount --bind /dev/null /run/systemd/private && exec "$@"`,
          "-",
        ]
      : [];
    const [program, ...rest] = [...this.prefix, ...hidden, ...argv];
    const result = spawnSync(program!, rest, {
      encoding: "utf8",
      timeout: COMMAND_MS,
      killSignal: "SIGKILL",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...env },
    });
    return { code: result.status, out: result.stdout, err: result.stderr };
  }

  // --- an ordinary user -----------------------------------------------------------------------

  /** A manager for an ordinary user; "" or why there is none. */
  startUser(): string {
    const runtime = this.runtimeDirectory;
    const made = this.call([
      ...["install", "-d", "-m", "700", "-o", String(USER), "-g", String(USER), runtime],
    ]);
    if (made.code !== 0) return made.err;
    const home = join(this.place, "home");
    mkdirSync(home);
    chownSync(home, USER, USER);
    const { code, err } = this.call([
      ...["systemd-run", "--quiet", `--unit=user@${USER}.service`, `--uid=${USER}`],
      ...[`--gid=${USER}`, "--property=Delegate=yes", "--property=Type=notify"],
      ...[`--setenv=XDG_RUNTIME_DIR=${runtime}`, `--setenv=HOME=${home}`],
      ...[`--setenv=SYSTEMD_UNIT_PATH=${this.place}/session`],
      ...[`--setenv=SYSTEMD_GENERATOR_PATH=${this.place}/none`],
      ...[SYSTEMD, "--user", "--unit=test.target"],
    ]);
    return code === 0 ? "" : err;
  }

  get runtimeDirectory(): string {
    return `/run/user/${USER}`;
  }

  get user(): number {
    return USER;
  }

  /** As a service of the user's manager, where he may move processes. */
  callAsUser(argv: readonly string[]): Outcome {
    const runtime = `XDG_RUNTIME_DIR=${this.runtimeDirectory}`;
    const become = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
    const service = ["systemd-run", "--user", "--quiet", "--pipe", "--wait", "--collect"];
    return this.call([
      ...become,
      ...["env", runtime, `HOME=${this.place}/home`, ...service],
      ...[`--setenv=${runtime}`, `--setenv=HOME=${this.place}/home`],
      ...[`--setenv=PATH=${process.env["PATH"]}`, "--property=Delegate=yes", "--", ...argv],
    ]);
  }

  /** What systemd was asked for while `work` ran, as busctl tells it. */
  recorded(work: () => void): Recorded[] {
    const file = join(this.place, "monitor.json");
    const script = `busctl monitor --json=short org.freedesktop.systemd1 >${file} 2>${file}.err & echo $!; exec >&-; wait`;
    const [program, ...rest] = [...this.prefix, "sh", "-c", script];
    writeFileSync(file, "");
    writeFileSync(`${file}.err`, "");
    const monitor = spawn(program!, rest, { stdio: "ignore", detached: true });
    const bell = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; tries < UP_TRIES; tries++) {
      if (readFileSync(`${file}.err`, "utf8").includes("onitoring bus")) break;
      Atomics.wait(bell, 0, 0, NAP_MS);
    }
    try {
      work();
      // What was said last is written when the monitor has read it.
      this.call(["busctl", "call", ...LAST_WORD]);
      for (let tries = 0; tries < UP_TRIES; tries++) {
        if (readFileSync(file, "utf8").includes(MARK)) break;
        Atomics.wait(bell, 0, 0, NAP_MS);
      }
    } finally {
      process.kill(-monitor.pid!, "SIGKILL");
    }
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Recorded);
  }

  close(): void {
    try {
      // All processes of the pid namespace go with its first.
      if (this.#pid > 0) process.kill(this.#pid, "SIGKILL");
      if (this.#outside !== null) process.kill(-this.#outside.pid!, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    const bell = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; tries < UP_TRIES; tries++) {
      for (const group of this.#groups) if (existsSync(group)) removeGroup(group);
      if (!this.#groups.some((group) => existsSync(group))) break;
      Atomics.wait(bell, 0, 0, NAP_MS);
    }
    rmSync(this.place, { recursive: true, force: true });
  }
}

const MARK = "end-of-the-recording.service";
const LAST_WORD = [
  "org.freedesktop.systemd1",
  "/org/freedesktop/systemd1",
  "org.freedesktop.systemd1.Manager",
  "ResetFailedUnit",
  "s",
  MARK,
];

export interface Recorded {
  readonly type: string;
  readonly member?: string;
  readonly payload: { readonly type: string; readonly data: readonly unknown[] };
}
