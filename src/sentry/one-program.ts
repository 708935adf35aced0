/**
 * OneProgram: the sandbox of `tvisor do`: one command on this machine's files, read-only below a layer
 * in memory. It builds the file system, starts the command and runs it to its end.
 */
import { ENOENT } from "../abi/errno.ts";
import { errnoText } from "../abi/errno-text.ts";
import { AT_FDCWD } from "../abi/fcntl.ts";
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../abi/mount.ts";
import { makeDevtmpfs } from "../fs/dev/filesystem.ts";
import type { Devpts } from "../fs/devpts/filesystem.ts";
import { HOST_VOLUME, HostFilesystem, hostRoot } from "../fs/host/filesystem.ts";
import { makeOverlayRoot } from "../fs/overlay/root.ts";
import { Tmpfs } from "../fs/tmpfs/filesystem.ts";
import { Credentials } from "../kernel/cred/credentials.ts";
import { describeKernel } from "../kernel/describe.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Task } from "../kernel/task/task.ts";
import type { Filesystem } from "../kernel/vfs/filesystem.ts";
import type { Path } from "../kernel/vfs/path.ts";
import { Console } from "./console.ts";
import { KernelCrash, StartFailure } from "./failure.ts";
import type { KernelFilesystems } from "./kernel-filesystems.ts";
import { startProgram } from "./program.ts";
import { Sandbox } from "./sandbox.ts";
import { SignalRelay } from "./signal-relay.ts";
import { describeStats } from "./stats.ts";
import { openStreams } from "./streams.ts";
import type { TierNumber } from "./tier.ts";
import type { Timing } from "./timing.ts";

const STREAMS = [0, 1, 2];

export interface Volume {
  source: string;
  target: string;
  readOnly: boolean;
}

export interface OneProgramSpec {
  /** Host directory that becomes the root's lower layer. */
  root: string;
  hostname: string;
  network: "none" | "host";
  volumes: Volume[];
  program: ProgramSpec;
  /** Give the program a terminal of its own. */
  terminal: boolean;
  /** System calls to print; an empty list prints all, null none. */
  strace: string[] | null;
  /** A descriptor of where they are printed; stderr if not given. */
  straceTo?: number;
  /** Gets one sentence whenever the kernel has something to tell its user. */
  report: (message: string) => void;
  /** The weakest tier (tier.ts) that will do. */
  tier?: TierNumber;
  /** Is told when each step of the start is over. */
  timing?: Timing;
  /** Count how system calls come: see statsReport. */
  stats?: boolean;
}

export interface ProgramSpec {
  /** Byte strings; argv[0] names the program and is looked up in PATH when it has no slash. */
  argv: string[];
  envp: string[];
  cwd: string;
  uid: number;
  gid: number;
  groups: number[];
}

export class OneProgram {
  readonly sandbox: Sandbox;
  readonly #spec: OneProgramSpec;
  #console: Console | null = null;

  constructor(spec: OneProgramSpec) {
    this.#spec = spec;
    const files = [
      { at: spec.root, isWritable: false },
      ...spec.volumes.map(({ source, readOnly }) => ({ at: source, isWritable: !readOnly })),
    ];
    this.sandbox = new Sandbox({ ...spec, files });
  }

  get kernel(): Kernel {
    return this.sandbox.kernel;
  }

  /** Start the program, run to its end. Returns its wait status; a bug of ours is a KernelCrash. */
  run(): number {
    try {
      const { timing } = this.sandbox;
      this.start();
      this.kernel.turn();
      timing.mark("first program runs until it asks for something");
      const status = this.kernel.run();
      timing.mark("the program");
      this.#console?.finish();
      return status;
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new KernelCrash(error, describeKernel(this.kernel));
    } finally {
      this.stop();
    }
  }

  /** What was counted; empty when nothing was. */
  statsReport(): string {
    const { stats } = this.sandbox.platform;
    return stats === null ? "" : describeStats(stats);
  }

  /** End everything that runs, and give the user's terminal back. */
  stop(): void {
    this.#console?.restore();
    this.sandbox.stop();
  }

  /** Build the file system and start the program; the kernel's loop then runs it. */
  start(): void {
    const { sandbox, kernel } = this;
    const filesystems = sandbox.plug();
    const root = this.#mountRoot();
    this.#mountAll(root, filesystems);
    sandbox.timing.mark("file systems");
    sandbox.meetStubs();
    const task = sandbox.newProcess(root, sandbox.firstNamespaces(root, this.#spec.hostname));
    kernel.main = task.group;
    for (const volume of this.#spec.volumes) this.#mountVolume(task, volume);
    const { argv, envp, cwd, uid, gid, groups } = this.#spec.program;
    const credentials = Credentials.forUser(uid, gid, groups);
    if (this.#spec.terminal) this.#openTerminal(task, filesystems.devpts, credentials);
    else openStreams(sandbox, task, STREAMS);
    new SignalRelay(sandbox.host, sandbox.platform, kernel, this.#console);
    sandbox.timing.mark("first task and its streams");
    sandbox.lockIn();
    sandbox.timing.mark("walls, second half: capabilities, seccomp");
    startProgram(task, { argv, envp, cwd, credentials });
    sandbox.timing.mark("exec");
  }

  /** The host's directory, read-only, below a writable layer in memory. */
  #mountRoot(): Path {
    const { vfs } = this.kernel;
    const { host } = this.sandbox;
    const options = hostRoot(this.sandbox.walls.descriptors);
    const lower = HostFilesystem.open(vfs, host, this.#spec.root, options);
    if (typeof lower === "number")
      throw new StartFailure(
        `cannot open the root directory ${this.#spec.root}: ${errnoText(-lower)}`,
        128,
      );
    return vfs.mountRoot(makeOverlayRoot(vfs, host, [lower.root]));
  }

  #mountAll(root: Path, { proc, sys, devpts }: KernelFilesystems): void {
    const { vfs } = this.kernel;
    const { host } = this.sandbox;
    this.#mount(root, "/dev", makeDevtmpfs(vfs, host), MS_NOSUID);
    this.#mount(root, "/dev/shm", new Tmpfs(vfs, host), MS_NOSUID | MS_NODEV);
    const noexec = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    this.#mount(root, "/dev/pts", devpts, MS_NOSUID | MS_NOEXEC);
    this.#mount(root, "/proc", proc, noexec);
    this.#mount(root, "/sys", sys, noexec | MS_RDONLY);
  }

  #mount(root: Path, at: string, filesystem: Filesystem, flags: number): void {
    const path = this.kernel.vfs.makeDirectory(root, at);
    if (typeof path === "number")
      throw new StartFailure(`cannot make ${at} in the root: ${errnoText(-path)}`, 128);
    this.kernel.vfs.mountAt(filesystem, path, flags);
  }

  #mountVolume(task: Task, volume: Volume): void {
    const { vfs } = this.kernel;
    const options = volume.readOnly ? hostRoot(0) : HOST_VOLUME;
    const filesystem = HostFilesystem.open(vfs, this.sandbox.host, volume.source, options);
    if (typeof filesystem === "number")
      throw new StartFailure(
        `cannot open the volume ${volume.source}: ${errnoText(-filesystem)}`,
        128,
      );
    let path = vfs.resolve(task, AT_FDCWD, volume.target);
    // What is missing is made in the layer in memory, never in the user's root.
    if (path === -ENOENT) path = vfs.makeDirectory(task.fs.root, volume.target);
    if (typeof path === "number")
      throw new StartFailure(
        `no volume can be mounted at ${volume.target}: ${errnoText(-path)}`,
        128,
      );
    vfs.mountAt(filesystem, path, volume.readOnly ? MS_RDONLY : 0, volume.source);
  }

  /** `-t`: the program leads a session on a terminal of its own, relayed to the user's. */
  #openTerminal(task: Task, devpts: Devpts, owner: Credentials): void {
    const { host, platform } = this.sandbox;
    this.#console = new Console(host, platform, devpts, owner);
    this.#console.attach(task);
  }
}
