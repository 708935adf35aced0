/**
 * Sandbox: the assembler. It is the only place that names concrete parts: the stub platform, the file
 * systems, the devices, the socket families. It builds a kernel from a description, starts the first
 * program and runs it to its end.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ENOENT, errnoName } from "../abi/errno.ts";
import { errnoText } from "../abi/errno-text.ts";
import { AT_FDCWD, O_RDONLY, O_WRONLY } from "../abi/fcntl.ts";
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../abi/mount.ts";
import { S_IFCHR, S_IFMT } from "../abi/stat.ts";
import { DevtmpfsType, makeDevtmpfs, registerMemoryDevices } from "../fs/dev/filesystem.ts";
import type { Devpts } from "../fs/devpts/filesystem.ts";
import { HOST_VOLUME, HostFilesystem, hostRoot } from "../fs/host/filesystem.ts";
import { HostStream } from "../fs/host/stream.ts";
import { makeOverlayRoot } from "../fs/overlay/root.ts";
import { Tmpfs, TmpfsMemoryFiles, TmpfsType } from "../fs/tmpfs/filesystem.ts";
import { Host } from "../host/host.ts";
import { HostStat } from "../host/stat.ts";
import { CgroupNamespace } from "../kernel/cgroup/cgroup.ts";
import { taskBorn } from "../kernel/cgroup/membership.ts";
import { Credentials } from "../kernel/cred/credentials.ts";
import { describeKernel } from "../kernel/describe.ts";
import { exec } from "../kernel/exec/exec.ts";
import { FdTable } from "../kernel/fd/fd-table.ts";
import { IpcNamespace } from "../kernel/ipc/namespace.ts";
import { Kernel } from "../kernel/kernel.ts";
import { Mm } from "../kernel/mm/mm.ts";
import { FIRST_IPC, FIRST_UTS } from "../kernel/ns/namespace.ts";
import { Namespaces, UtsNamespace } from "../kernel/ns/namespaces.ts";
import { FIRST_USER_NAMESPACE } from "../kernel/ns/user-namespace.ts";
import { returnToGuest } from "../kernel/signal/deliver.ts";
import { SignalHandlers } from "../kernel/signal/handlers.ts";
import { FsContext } from "../kernel/task/fs-context.ts";
import { Limits } from "../kernel/task/limits.ts";
import { HANDLED } from "../kernel/task/park.ts";
import { Task } from "../kernel/task/task.ts";
import { ThreadGroup } from "../kernel/task/thread-group.ts";
import type { Filesystem } from "../kernel/vfs/filesystem.ts";
import type { Path } from "../kernel/vfs/path.ts";
import { Vfs } from "../kernel/vfs/vfs.ts";
import { StubPlatform } from "../platform/stub/platform.ts";
import { Dispatch } from "../syscalls/dispatch.ts";
import { rows } from "../syscalls/table.ts";
import { announceReads } from "./argument-reads.ts";
import { HostClock, HostEntropy } from "./clock.ts";
import { Console } from "./console.ts";
import { readHardware } from "./hardware.ts";
import { plugKernelFilesystems } from "./kernel-filesystems.ts";
import { plugNetwork } from "./network.ts";
import { SignalRelay } from "./signal-relay.ts";
import { Strace } from "./strace.ts";
import { HostFacts } from "./system-facts.ts";
import { refusal, type Tier, type TierNumber } from "./tier.ts";
import { NO_TIMING, type Timing } from "./timing.ts";
import { Walls } from "./walls.ts";

const PAGE = 4096;
/** The vDSO and the first stacks lie below the end of guest memory, each in a part of its own. */
const VDSO_SPACE = 1 << 26;
const STACK_SPACE = 1 << 28;

export interface Volume {
  source: string;
  target: string;
  readOnly: boolean;
}

export interface SandboxSpec {
  /** Host directory that becomes the root's lower layer. */
  root: string;
  hostname: string;
  network: "none" | "host";
  volumes: Volume[];
  program: ProgramSpec;
  /** Give the program a terminal of its own. */
  terminal: boolean;
  /** System calls to print on stderr; an empty list prints all, null none. */
  strace: string[] | null;
  /** Gets one sentence whenever the kernel has something to tell its user. */
  report: (message: string) => void;
  /** The weakest tier (tier.ts) that will do; on a machine that gives less nothing is started. */
  tier?: TierNumber;
  /** Is told when each step of the start is over. */
  timing?: Timing;
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

/** What stopped a program from starting, in words, with the exit status that shells use for it. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The kernel itself failed: a bug of tvisor, with what it was doing. */
export class KernelCrash extends Error {
  override readonly name = "KernelCrash";
  /** What the kernel was doing, for the report. */
  readonly state: string;

  constructor(cause: unknown, state: string) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    this.state = state;
  }
}

export class Sandbox {
  readonly host: Host;
  readonly platform: StubPlatform;
  readonly kernel: Kernel;
  readonly dispatch: Dispatch;
  readonly #spec: SandboxSpec;
  readonly #facts: HostFacts;
  readonly #walls: Walls;
  readonly #timing: Timing;
  #console: Console | null = null;
  #devpts: Devpts | null = null;

  constructor(spec: SandboxSpec) {
    this.#spec = spec;
    this.#timing = spec.timing ?? NO_TIMING;
    this.host = new Host(nativePath("gateway.node"));
    this.#timing.mark("gateway");
    this.#walls = new Walls(this.host, spec);
    this.#walls.beforeProcesses();
    this.#timing.mark("walls, first half: limits, Landlock");
    const clock = new HostClock(this.host);
    const entropy = new HostEntropy(this.host);
    this.platform = new StubPlatform(this.host, mmapMinAddr());
    const end = this.platform.guestEnd;
    const vdsoAt = end - VDSO_SPACE + entropy.below(VDSO_SPACE / 2 / PAGE) * PAGE;
    this.platform.start(nativePath("tvisor-warden"), vdsoAt, this.#walls.isolation());
    this.#timing.mark("warden begun");
    this.dispatch = new Dispatch(spec.report);
    announceReads(this.platform, rows);
    this.#facts = new HostFacts(this.host, this.platform.cpuNumbers.length);
    this.kernel = new Kernel({
      platform: this.platform,
      clock,
      entropy,
      vfs: new Vfs(clock),
      hardware: readHardware(),
      table: this.dispatch,
      stackTop: end - VDSO_SPACE - STACK_SPACE + entropy.below(STACK_SPACE / 2 / PAGE) * PAGE,
      cpus: this.platform.cpuNumbers.length,
      memory: this.#facts.memoryFacts,
    });
    this.#timing.mark("kernel");
  }

  /** How strong the walls are that this machine gave. */
  get tier(): Tier {
    this.platform.meet();
    return this.#walls.tier(this.platform);
  }

  /** The warden made the stubs' world while we made the kernel's. */
  #meetStubs(): void {
    this.platform.meet();
    this.#timing.mark("warden and template awaited");
    const { tier: demanded = 0 } = this.#spec;
    if (demanded === 0) return;
    const { tier } = this;
    if (tier.tier >= demanded) return;
    this.platform.shutdown();
    throw new StartFailure(refusal(tier, demanded), 128);
  }

  /** Start the program, run to its end. Returns its wait status; a bug of ours is a KernelCrash. */
  run(): number {
    try {
      this.start();
      this.kernel.turn();
      this.#timing.mark("first program runs until it asks for something");
      const status = this.kernel.run();
      this.#timing.mark("the program");
      this.#console?.finish();
      return status;
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new KernelCrash(error, describeKernel(this.kernel));
    } finally {
      this.stop();
    }
  }

  /** End everything that runs, and give the user's terminal back. */
  stop(): void {
    this.#console?.restore();
    this.platform.shutdown();
  }

  /** Build the file system and start the program; the kernel's loop then runs it. */
  start(): void {
    const { kernel } = this;
    plugNetwork(kernel, this.#spec.network, this.host, this.platform);
    const root = this.#mountRoot();
    this.#mountAll(root);
    this.#timing.mark("file systems");
    this.#meetStubs();
    const task = this.#firstTask(root);
    if (this.#spec.strace !== null)
      this.dispatch.tracer = new Strace(this.host, 2, this.#spec.strace);
    for (const volume of this.#spec.volumes) this.#mountVolume(task, volume);
    if (this.#spec.terminal) this.#openTerminal(task);
    else this.#openStreams(task);
    new SignalRelay(this.host, this.platform, kernel, this.#console);
    this.#timing.mark("first task and its streams");
    this.#walls.beforeGuests(this.platform);
    this.#timing.mark("walls, second half: capabilities, seccomp");
    this.#start(task);
    this.#timing.mark("exec");
  }

  // --- files ----------------------------------------------------------------------------------

  /** The host's directory, read-only, below a writable layer in memory. */
  #mountRoot(): Path {
    const { vfs } = this.kernel;
    registerMemoryDevices(vfs);
    vfs.filesystemTypes.register(new TmpfsType(vfs, this.host, this.kernel.memory.totalBytes));
    vfs.filesystemTypes.register(new DevtmpfsType(vfs, this.host));
    vfs.memoryFiles = new TmpfsMemoryFiles(vfs, this.host);
    const options = hostRoot(this.#walls.descriptors);
    const lower = HostFilesystem.open(vfs, this.host, this.#spec.root, options);
    if (typeof lower === "number")
      throw new StartFailure(
        `cannot open the root directory ${this.#spec.root}: ${errnoText(-lower)}`,
        128,
      );
    return vfs.mountRoot(makeOverlayRoot(vfs, this.host, [lower.root]));
  }

  #mountAll(root: Path): void {
    const { vfs } = this.kernel;
    this.#mount(root, "/dev", makeDevtmpfs(vfs, this.host), MS_NOSUID);
    this.#mount(root, "/dev/shm", new Tmpfs(vfs, this.host), MS_NOSUID | MS_NODEV);
    const { proc, sys, devpts } = plugKernelFilesystems(this.kernel, this.#facts);
    const noexec = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    this.#mount(root, "/dev/pts", devpts, MS_NOSUID | MS_NOEXEC);
    this.#mount(root, "/proc", proc, noexec);
    this.#mount(root, "/sys", sys, noexec | MS_RDONLY);
    this.#devpts = devpts;
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
    const filesystem = HostFilesystem.open(vfs, this.host, volume.source, options);
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

  // --- the first program ----------------------------------------------------------------------

  #firstTask(root: Path): Task {
    const { kernel } = this;
    const thread = this.platform.newSpace();
    if (typeof thread === "number")
      throw new StartFailure(`no address space for the first program: ${errnoName(thread)}`, 128);
    kernel.namespaces = new Namespaces({
      uts: new UtsNamespace(FIRST_UTS, FIRST_USER_NAMESPACE, this.#spec.hostname, "(none)"),
      mounts: root.mount.namespace!,
      ipc: new IpcNamespace(FIRST_IPC, FIRST_USER_NAMESPACE),
      network: kernel.network,
      cgroup: new CgroupNamespace(kernel.rootCgroup),
      pidForChildren: kernel.pids.first,
    });
    const pid = kernel.pids.allocate();
    const group = new ThreadGroup(kernel, pid, kernel.init, null, Limits.defaults());
    group.exitSignal = 17;
    kernel.joinFirstGroup(group);
    const task = new Task(kernel, pid, group, thread, {
      mm: new Mm(this.platform, thread.space),
      handlers: new SignalHandlers(),
      files: new FdTable(),
      fs: new FsContext(root, root, 0o022),
      credentials: Credentials.forUser(0, 0, []),
      comm: "tvisor",
    });
    thread.owner = task;
    group.tasks.push(task);
    group.leader = task;
    taskBorn(group);
    kernel.init.children.add(group);
    kernel.pids.set(pid, task);
    kernel.main = group;
    return task;
  }

  /** The user's streams are the program's: descriptors 0, 1 and 2. */
  #openStreams(task: Task): void {
    const { vfs } = this.kernel;
    const stat = new HostStat();
    for (const [fd, name] of ["stdin", "stdout", "stderr"].entries()) {
      if (this.host.statx(fd, "", stat) < 0) continue; // closed here, closed there
      // The host's /dev/null is the guest's own: it looks and behaves like one.
      const isNull =
        (stat.mode & S_IFMT) === S_IFCHR && stat.rdevMajor === 1 && stat.rdevMinor === 3;
      const file = isNull
        ? vfs.openPath(task, AT_FDCWD, "/dev/null", fd === 0 ? O_RDONLY : O_WRONLY)
        : new HostStream(vfs, this.host, this.platform, fd, task.credentials, `host:[${name}]`);
      if (typeof file !== "number") task.files.replace(task, fd, file, false);
    }
  }

  /** `-t`: the program leads a session on a terminal of its own, relayed to the user's. */
  #openTerminal(task: Task): void {
    const { uid, gid, groups } = this.#spec.program;
    const owner = Credentials.forUser(uid, gid, groups);
    this.#console = new Console(this.host, this.platform, this.#devpts!, owner);
    this.#console.attach(task);
  }

  #start(task: Task): void {
    const { program } = this.#spec;
    const { vfs } = this.kernel;
    task.credentials = Credentials.forUser(program.uid, program.gid, program.groups);
    const cwd = vfs.resolve(task, AT_FDCWD, program.cwd);
    if (typeof cwd === "number")
      throw new StartFailure(
        `cannot enter the working directory ${program.cwd}: ${errnoText(-cwd)}`,
        128,
      );
    task.fs.setCwd(cwd);
    const found = this.#findProgram(task, program);
    task.restart = null;
    const rc = exec(task, {
      file: found.file,
      fileName: found.name,
      argv: program.argv,
      envp: program.envp,
      nameCloses: false,
      comm: found.name.slice(found.name.lastIndexOf("/") + 1, found.name.lastIndexOf("/") + 16),
    });
    if (rc !== HANDLED)
      throw new StartFailure(`cannot execute ${found.name}: ${errnoText(-rc)}`, 126);
    task.restart = null;
    returnToGuest(task, 0);
  }

  /** As a shell finds a command: PATH of the program's environment, unless the name has a slash. */
  #findProgram(task: Task, program: ProgramSpec) {
    const name = program.argv[0]!;
    const path =
      program.envp.find((entry) => entry.startsWith("PATH="))?.slice(5) ??
      "/usr/local/bin:/usr/bin:/bin";
    const candidates = name.includes("/")
      ? [name]
      : path.split(":").map((dir) => `${dir === "" ? "." : dir}/${name}`);
    let worst = -2;
    for (const candidate of candidates) {
      const file = this.kernel.vfs.openExec(task, AT_FDCWD, candidate);
      if (typeof file !== "number") return { file, name: candidate };
      if (file !== -2 && file !== -20) worst = file;
    }
    if (worst !== -2) throw new StartFailure(`cannot execute ${name}: ${errnoText(-worst)}`, 126);
    throw new StartFailure(
      `${name}: command not found${name.includes("/") ? "" : " in PATH"}`,
      127,
    );
  }
}

/** The lowest address that the host lets anybody map; also the guest's own limit. */
function mmapMinAddr(): number {
  try {
    return Math.max(PAGE, Number(readFileSync("/proc/sys/vm/mmap_min_addr", "latin1")));
  } catch {
    return 65536;
  }
}

function nativePath(name: string): string {
  return fileURLToPath(new URL(`../../native/build/${name}`, import.meta.url));
}
