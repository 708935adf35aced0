/**
 * Container: one container of a sandbox: its root and mounts, its namespaces, its processes.
 *  - make() builds everything that config.json asks for, up to but not the first instruction of its
 *    program, and finds the program: what is wrong is told by `create`, as runc tells it.
 *  - start() lets the program go; exec() adds a process beside it.
 *  - It is over when its first process is; the others end with that, wherever their pid namespace is.
 * Descriptors that are given become the container's or are closed.
 */
import { errnoText } from "../../abi/errno-text.ts";
import { AT_FDCWD, O_RDONLY } from "../../abi/fcntl.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import type { FilePolicy } from "../../control/messages.ts";
import { makeDevtmpfs } from "../../fs/dev/filesystem.ts";
import { Devpts } from "../../fs/devpts/filesystem.ts";
import { byteString } from "../../host/bytes.ts";
import type { Cgroup } from "../../kernel/cgroup/cgroup.ts";
import { moveProcess } from "../../kernel/cgroup/membership.ts";
import type { Namespaces } from "../../kernel/ns/namespaces.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { BpfProgram } from "../../kernel/seccomp/bpf.ts";
import { installFilter } from "../../kernel/seccomp/install.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { ProcessSpec, Spec } from "../../oci/spec.ts";
import type { Family } from "../../platform/stub/family.ts";
import { Console } from "../console.ts";
import { StartFailure } from "../failure.ts";
import { findProgram, type Program, startProgram } from "../program.ts";
import type { Sandbox } from "../sandbox.ts";
import { openStreams } from "../streams.ts";
import { hasDevMount, isDevBound, makeDevices } from "./devices.ts";
import { FileMedia } from "./file-media.ts";
import { HostedProcess } from "./hosted-process.ts";
import { applyLimits, credentialsOf, environmentOf } from "./identity.ts";
import { bindOn, maskPath, propagateRoot, protectPath } from "./masks.ts";
import { mountOne } from "./mounts.ts";
import { makeNamespaces } from "./namespaces.ts";
import { findPlace, makePlace, runtimeFailure } from "./places.ts";
import { compileProfile } from "./seccomp-profile.ts";
import { applySysctl } from "./sysctl.ts";
import { makeUserNamespace, rootOf } from "./user-namespace.ts";

const DEFAULT_UMASK = 0o022;
const PASSWD_LIMIT = 1 << 20;

/** Host descriptors of a process: its terminal, or its three streams; and those it inherits besides. */
export interface GivenStreams {
  readonly streams: readonly number[];
  readonly inherited: readonly number[];
}

/** Host descriptors of a container: its root, and for each mount its source or -1. */
export interface GivenFiles {
  readonly root: number;
  readonly sources: readonly number[];
  /** The directory that holds what is written, -1 for memory. */
  readonly overlay: number;
  readonly policy: FilePolicy;
}

/** Containers of the pod whose namespaces this one's config names. */
export interface SharedNamespaces {
  readonly pid: Container | null;
  readonly user: Container | null;
}

const NOTHING_SHARED: SharedNamespaces = { pid: null, user: null };

export class Container {
  readonly id: string;
  readonly spec: Spec;
  readonly sandbox: Sandbox;
  readonly root: Path;
  readonly userNamespace: UserNamespace;
  readonly namespaces: Namespaces;
  /** Its processes are those whose spaces are of it. */
  readonly family: Family;
  readonly init: HostedProcess;
  readonly #firstPid: number;
  #isStarted = false;
  #devpts: Devpts | null = null;
  readonly #filter: BpfProgram | null;
  readonly #program: Program;

  constructor(
    sandbox: Sandbox,
    id: string,
    spec: Spec,
    files: GivenFiles,
    given: GivenStreams,
    family: Family,
    shared: SharedNamespaces = NOTHING_SHARED,
  ) {
    this.id = id;
    this.spec = spec;
    this.sandbox = sandbox;
    this.family = family;
    const { kernel } = sandbox;
    const user = makeUserNamespace(kernel.vfs, spec, shared.user?.userNamespace ?? null);
    this.userNamespace = user;
    const media = new FileMedia(sandbox, files.overlay, files.policy);
    this.root = media.mountRoot(files.root, user);
    const pids = shared.pid?.namespaces.pidForChildren ?? null;
    this.namespaces = makeNamespaces(sandbox, spec, this.root, user, pids);
    const task = this.#newProcess();
    this.#firstPid = task.group.pid;
    const process = spec.process!;
    try {
      this.#mountAll(task, files, media);
      this.#filter = spec.linux?.seccomp == null ? null : compileProfile(spec.linux.seccomp);
      kernel.newSession(task.group);
      this.#program = this.#prepare(task, process);
      this.#check(task, this.#program);
      this.init = this.#open(task, process, given);
    } catch (error) {
      // Its mounts go with it.
      sandbox.discard(task);
      throw error;
    }
    if (spec.root!.readonly === true) this.root.mount.flags |= MS_RDONLY;
  }

  get status(): "created" | "running" | "paused" | "stopped" {
    if (this.init.exitStatus !== null) return "stopped";
    if (!this.#isStarted) return "created";
    return this.sandbox.kernel.frozen ? "paused" : "running";
  }

  start(): void {
    this.#enter(this.init.task, this.#program);
    this.#isStarted = true;
  }

  /** `cgroup`: where among the container's it is to be, "" for its own. */
  exec(process: ProcessSpec, given: GivenStreams, cgroup = ""): HostedProcess {
    const task = this.#newProcess();
    try {
      if (cgroup !== "") moveProcess(task.group, this.#findCgroup(cgroup));
      this.sandbox.kernel.newSession(task.group);
      const program = this.#prepare(task, process);
      this.#check(task, program);
      const hosted = this.#open(task, process, given);
      this.#enter(task, program);
      return hosted;
    } catch (error) {
      this.sandbox.discard(task);
      throw error;
    }
  }

  #findCgroup(path: string): Cgroup {
    let at: Cgroup = this.namespaces.cgroup.root;
    for (const name of path.split("/").filter((part) => part !== "" && part !== ".")) {
      const below = at.children.get(name);
      if (below === undefined)
        throw runtimeFailure(`the container has no control group ${path}: make it inside first`);
      at = below;
    }
    return at;
  }

  // --- files ----------------------------------------------------------------------------------

  #mountAll(task: Task, files: GivenFiles, media: FileMedia): void {
    const { spec, sandbox } = this;
    const { vfs } = sandbox.kernel;
    // Nothing may run without devices.
    if (!hasDevMount(spec))
      vfs.mountAt(makeDevtmpfs(vfs, sandbox.host), makePlace(task, "/dev", "directory"));
    const left = files.sources.slice();
    try {
      for (const mount of spec.mounts ?? []) mountOne(media, task, mount, left.shift() ?? -1);
    } finally {
      for (const fd of left) if (fd >= 0) sandbox.host.close(fd);
    }
    makeDevices(sandbox.host, task, spec);
    this.#devpts = this.#findDevpts();
    const linux = spec.linux ?? {};
    for (const [name, value] of Object.entries(linux.sysctl ?? {})) applySysctl(task, name, value);
    propagateRoot(this.root, linux.rootfsPropagation);
    this.#makeCwd(task, spec.process!.cwd);
    for (const name of linux.readonlyPaths ?? []) protectPath(task, name);
    for (const name of linux.maskedPaths ?? []) maskPath(sandbox.host, task, name);
  }

  #makeCwd(task: Task, cwd: string): void {
    const { inode } = makePlace(task, cwd, "directory");
    if (!inode.isDirectory) throw runtimeFailure(`mkdir ${cwd}: not a directory`);
  }

  /** Where the container's terminals live: its own instance, or one that nobody sees. */
  #findDevpts(): Devpts {
    for (const { filesystem } of this.root.mount.namespace!.mounts())
      if (filesystem instanceof Devpts) return filesystem;
    return new Devpts(this.sandbox.kernel.vfs);
  }

  // --- processes ------------------------------------------------------------------------------

  /** Until it becomes its user, it is the container's root. */
  #newProcess(): Task {
    const task = this.sandbox.newProcess(this.root, this.namespaces, this.family);
    task.credentials = rootOf(this.userNamespace);
    return task;
  }

  /** What the process is to be, but for the moment when it becomes so. */
  #prepare(task: Task, process: ProcessSpec): Program {
    applyLimits(task.group.limits, process);
    task.fs.umask = process.user?.umask ?? DEFAULT_UMASK;
    if (process.oomScoreAdj !== undefined) task.group.oomScoreAdj = process.oomScoreAdj;
    return {
      argv: (process.args ?? []).map(byteString),
      envp: environmentOf(process, this.#read(task, "/etc/passwd")),
      cwd: byteString(process.cwd),
      credentials: credentialsOf(process, this.userNamespace),
    };
  }

  /** Its streams, or a terminal of its own. */
  #open(task: Task, process: ProcessSpec, given: GivenStreams): HostedProcess {
    const { host, platform } = this.sandbox;
    let console: Console | null = null;
    if (process.terminal === true) {
      const [terminal] = given.streams;
      if (terminal === undefined) throw runtimeFailure("a terminal was asked for, and none given");
      const owner = credentialsOf(process, this.userNamespace);
      const side = { input: terminal, output: terminal, others: [] };
      console = new Console(host, platform, this.#devpts!, owner, side);
      const { consoleSize } = process;
      if (consoleSize !== undefined && consoleSize.height > 0)
        console.pty.resize(consoleSize.height, consoleSize.width, 0, 0);
      console.attach(task);
      if (task.group.pid === this.#firstPid) this.#showConsole(task, console);
    } else
      openStreams(this.sandbox, task, given.streams, credentialsOf(process, this.userNamespace));
    openStreams(this.sandbox, task, [-1, -1, -1, ...given.inherited]);
    return new HostedProcess(task, console);
  }

  /** /dev/console is the first process's terminal (config-linux.md, "Default Devices"). */
  #showConsole(task: Task, { pty }: Console): void {
    if (isDevBound(this.spec)) return;
    const terminal = findPlace(task, `/dev/pts/${pty.index}`);
    if (typeof terminal === "number") return;
    bindOn(task, terminal, makePlace(task, "/dev/console", "file"), 0);
  }

  /** The program must be there, and its user must be let to it, before anybody is told that all is well. */
  #check(task: Task, program: Program): void {
    const name = program.argv[0]!;
    if (!name.includes("/") && !program.envp.some((entry) => entry.startsWith("PATH=")))
      throw runtimeFailure(`exec: "${name}": executable file not found in $PATH: env has none`);
    const before = task.credentials;
    task.credentials = program.credentials;
    try {
      findProgram(task, program).file.unref();
    } catch (error) {
      throw error instanceof StartFailure ? notFound(program, error) : error;
    } finally {
      task.credentials = before;
    }
  }

  #enter(task: Task, program: Program): void {
    if (this.#filter !== null) {
      const rc = installFilter(task, this.#filter, { allThreads: false, saysEsrch: false });
      if (rc < 0) throw runtimeFailure(`linux.seccomp cannot be installed: ${errnoText(-rc)}`);
    }
    startProgram(task, program);
  }

  /** A file of the container's, as its root sees it; "" when there is none. */
  #read(task: Task, name: string): string {
    const file = this.sandbox.kernel.vfs.openPath(task, AT_FDCWD, name, O_RDONLY);
    if (typeof file === "number") return "";
    const content = new Uint8Array(PASSWD_LIMIT);
    const n = file.readKernel(content, 0);
    file.unref();
    return n <= 0 ? "" : Buffer.from(content.subarray(0, n)).toString("latin1");
  }
}

/** In the words that engines look for. */
function notFound({ argv }: Program, error: StartFailure): StartFailure {
  const name = argv[0]!;
  const why = name.includes("/")
    ? error.exitCode === 127
      ? `stat ${name}: no such file or directory`
      : "permission denied"
    : error.exitCode === 127
      ? "executable file not found in $PATH"
      : "permission denied";
  return new StartFailure(`exec: "${name}": ${why}`, error.exitCode);
}
