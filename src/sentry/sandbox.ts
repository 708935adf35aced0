/**
 * Sandbox: the assembler. It is the only place that names concrete parts: the stub platform, the file
 * systems, the devices, the socket families. It builds a kernel without a program in it; who uses it
 * (one-program.ts, container.ts) mounts a root and starts programs.
 * For who works on tvisor: TVISOR_PATCHING=off leaves system call sites alone, TVISOR_SPINNING=off has
 * nobody spin.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { errnoName } from "../abi/errno.ts";
import { SIGCHLD, SIGKILL } from "../abi/signal.ts";
import { signaledStatus } from "../abi/wait.ts";
import { DevtmpfsType, registerMemoryDevices } from "../fs/dev/filesystem.ts";
import { TmpfsMemoryFiles, TmpfsType } from "../fs/tmpfs/filesystem.ts";
import type { Host } from "../host/host.ts";
import { CgroupNamespace } from "../kernel/cgroup/cgroup.ts";
import { taskBorn } from "../kernel/cgroup/membership.ts";
import { Credentials } from "../kernel/cred/credentials.ts";
import { FdTable } from "../kernel/fd/fd-table.ts";
import { IpcNamespace } from "../kernel/ipc/namespace.ts";
import { Kernel } from "../kernel/kernel.ts";
import { Mm } from "../kernel/mm/mm.ts";
import { FIRST_IPC, FIRST_UTS } from "../kernel/ns/namespace.ts";
import { Namespaces, UtsNamespace } from "../kernel/ns/namespaces.ts";
import { FIRST_USER_NAMESPACE } from "../kernel/ns/user-namespace.ts";
import { SignalHandlers } from "../kernel/signal/handlers.ts";
import { FsContext } from "../kernel/task/fs-context.ts";
import { beginGroupExit } from "../kernel/task/group-exit.ts";
import { Limits } from "../kernel/task/limits.ts";
import { Task } from "../kernel/task/task.ts";
import { ThreadGroup } from "../kernel/task/thread-group.ts";
import type { Path } from "../kernel/vfs/path.ts";
import { Vfs } from "../kernel/vfs/vfs.ts";
import { CallStats } from "../platform/stub/call-stats.ts";
import { StubPlatform } from "../platform/stub/platform.ts";
import { Dispatch } from "../syscalls/dispatch.ts";
import { rows } from "../syscalls/table.ts";
import { announceReads } from "./argument-reads.ts";
import { HostClock, HostEntropy } from "./clock.ts";
import { StartFailure } from "./failure.ts";
import { readHardware } from "./hardware.ts";
import { type KernelFilesystems, plugKernelFilesystems } from "./kernel-filesystems.ts";
import { nativePath, openHost } from "./native.ts";
import { plugNetwork } from "./network.ts";
import { Strace, type StraceChoice } from "./strace.ts";
import { HostFacts } from "./system-facts.ts";
import { refusal, type Tier, type TierNumber } from "./tier.ts";
import { NO_TIMING, type Timing } from "./timing.ts";
import { Walls, type WorldSpec } from "./walls.ts";

const PAGE = 4096;
/** The vDSO and the first stacks lie below the end of guest memory, each in a part of its own. */
const VDSO_SPACE = 1 << 26;
const STACK_SPACE = 1 << 28;
const UMASK = 0o022;
const STDERR = 2;

export interface SandboxSpec extends WorldSpec {
  /** System calls to print on stderr; an empty list prints all, null none. */
  readonly strace: readonly string[] | null;
  /** Where they are printed, if not there. */
  readonly straceTo?: number;
  /** How they are shown. */
  readonly straceStyle?: Omit<StraceChoice, "names">;
  /** Gets one sentence whenever the kernel has something to tell its user. */
  readonly report: (message: string) => void;
  /** The weakest tier (tier.ts) that will do; on a machine that gives less nothing is started. */
  readonly tier?: TierNumber;
  /** Is told when each step of the start is over. */
  readonly timing?: Timing;
  /** Count how system calls come. */
  readonly stats?: boolean;
}

export class Sandbox {
  readonly host: Host;
  readonly platform: StubPlatform;
  readonly kernel: Kernel;
  readonly dispatch: Dispatch;
  readonly facts: HostFacts;
  readonly walls: Walls;
  readonly timing: Timing;
  readonly #spec: SandboxSpec;

  constructor(spec: SandboxSpec, host = openHost()) {
    this.#spec = spec;
    this.host = host;
    this.timing = spec.timing ?? NO_TIMING;
    this.timing.mark("gateway");
    this.walls = new Walls(this.host, spec);
    this.walls.beforeProcesses();
    this.timing.mark("walls, first half: limits, Landlock");
    const clock = new HostClock(this.host);
    const entropy = new HostEntropy(this.host);
    this.platform = new StubPlatform(this.host, mmapMinAddr(), {
      noPatching: process.env["TVISOR_PATCHING"] === "off",
      noSpinning: process.env["TVISOR_SPINNING"] === "off",
    });
    if (spec.stats === true) this.platform.stats = new CallStats();
    const end = this.platform.guestEnd;
    const vdsoAt = end - VDSO_SPACE + entropy.below(VDSO_SPACE / 2 / PAGE) * PAGE;
    this.platform.start(nativePath("tvisor-warden"), vdsoAt, this.walls.isolation());
    this.timing.mark("warden begun");
    this.dispatch = new Dispatch(spec.report);
    announceReads(this.platform, rows);
    this.facts = new HostFacts(this.host, this.platform.cpuNumbers.length);
    this.kernel = new Kernel({
      platform: this.platform,
      clock,
      entropy,
      vfs: new Vfs(clock),
      hardware: readHardware(),
      table: this.dispatch,
      stackTop: end - VDSO_SPACE - STACK_SPACE + entropy.below(STACK_SPACE / 2 / PAGE) * PAGE,
      cpus: this.platform.cpuNumbers.length,
      memory: this.facts.memoryFacts,
    });
    this.timing.mark("kernel");
  }

  /** How strong the walls are that this machine gave. */
  get tier(): Tier {
    this.platform.meet();
    return this.walls.tier(this.platform);
  }

  /** The warden made the stubs' world while we made the kernel's. Before the first process. */
  meetStubs(): void {
    this.platform.meet();
    this.timing.mark("warden and template awaited");
    const { tier: demanded = 0 } = this.#spec;
    if (demanded === 0) return;
    const { tier } = this;
    if (tier.tier >= demanded) return;
    this.platform.shutdown();
    throw new StartFailure(refusal(tier, demanded), 128);
  }

  /** How a trace in the log shows them. */
  get straceStyle(): Omit<StraceChoice, "names"> {
    return this.#spec.straceStyle ?? {};
  }

  /** Did it lock itself in so that guests may connect to unix sockets of the host? */
  get reachesHostSockets(): boolean {
    return this.#spec.hostSockets === true || this.#spec.network === "host";
  }

  /** Where system calls are told of. */
  get straceTo(): number {
    return this.#spec.straceTo ?? STDERR;
  }

  /** Register every filesystem, device and socket family. Once. */
  plug(): KernelFilesystems {
    const { vfs } = this.kernel;
    plugNetwork(this.kernel, this.#spec.network, this.host, this.platform);
    registerMemoryDevices(vfs);
    vfs.filesystemTypes.register(new TmpfsType(vfs, this.host, this.kernel.memory.totalBytes));
    vfs.filesystemTypes.register(new DevtmpfsType(vfs, this.host));
    vfs.memoryFiles = new TmpfsMemoryFiles(vfs, this.host);
    const filesystems = plugKernelFilesystems(this.kernel, this.facts);
    if (this.#spec.strace !== null)
      this.dispatch.tracer = new Strace(this.host, this.straceTo, {
        ...this.#spec.straceStyle,
        names: this.#spec.strace,
      });
    return filesystems;
  }

  /** The kernel's first namespaces, with a name and the mounts of `root`. */
  firstNamespaces(root: Path, hostname: string): Namespaces {
    const { kernel } = this;
    return new Namespaces({
      uts: new UtsNamespace(FIRST_UTS, FIRST_USER_NAMESPACE, hostname, "(none)"),
      mounts: root.mount.namespace!,
      ipc: new IpcNamespace(FIRST_IPC, FIRST_USER_NAMESPACE),
      network: kernel.network,
      cgroup: new CgroupNamespace(kernel.rootCgroup),
      pidForChildren: kernel.pids.first,
    });
  }

  /**
   * A process that has no program yet, root's, in the kernel's first process group. Its thread is
   * stopped; exec() gives it a program. `family`: what its space is of.
   */
  newProcess(root: Path, namespaces: Namespaces, family = this.platform.nursery.first): Task {
    const { kernel } = this;
    const thread = this.platform.nursery.newSpace(family);
    if (typeof thread === "number")
      throw new StartFailure(`no address space for a new program: ${errnoName(thread)}`, 128);
    const { pidForChildren } = namespaces;
    const pid = kernel.pids.allocate(pidForChildren);
    if (pid < 0) {
      thread.space.kill();
      throw new StartFailure(`no number for a new process: ${errnoName(-pid)}`, 128);
    }
    const limits = Limits.defaults();
    const group = new ThreadGroup(kernel, pid, kernel.init, null, limits, pidForChildren);
    group.exitSignal = SIGCHLD;
    kernel.joinFirstGroup(group);
    kernel.namespaces ??= namespaces;
    const task = new Task(kernel, pid, group, thread, {
      mm: new Mm(this.platform, thread.space),
      handlers: new SignalHandlers(),
      files: new FdTable(),
      fs: new FsContext(root, root, UMASK),
      credentials: Credentials.forUser(0, 0, []),
      comm: "tvisor",
    });
    task.setNamespaces(namespaces);
    thread.owner = task;
    group.tasks.push(task);
    group.leader = task;
    taskBorn(group);
    kernel.init.children.add(group);
    kernel.pids.set(pid, task);
    return task;
  }

  /** A process of newProcess() that got no program after all. */
  discard(task: Task): void {
    beginGroupExit(task.group, signaledStatus(SIGKILL, false));
  }

  /** The last step before guests run. */
  lockIn(): void {
    this.walls.beforeGuests(this.platform);
  }

  /** End everything that runs. */
  stop(): void {
    this.platform.shutdown();
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
