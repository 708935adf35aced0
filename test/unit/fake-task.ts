/**
 * fake-task: a task without a guest, for tests of files. Its memory is one array of bytes, its host
 * is the real one. `sys(handler, …)` calls a system call handler with strings and byte arrays put
 * into that memory.
 */
import { fileURLToPath } from "node:url";
import { RLIMIT_NOFILE } from "../../src/abi/resource.ts";
import { BlockPool } from "../../src/base/blocks.ts";
import type { WaitQueue } from "../../src/base/wait-queue.ts";
import { Host } from "../../src/host/host.ts";
import { Cgroup } from "../../src/kernel/cgroup/cgroup.ts";
import { Credentials } from "../../src/kernel/cred/credentials.ts";
import { FdTable } from "../../src/kernel/fd/fd-table.ts";
import type { PidNamespace } from "../../src/kernel/ns/pid-namespace.ts";
import { NetworkNamespace } from "../../src/kernel/socket/network.ts";
import { FsContext } from "../../src/kernel/task/fs-context.ts";
import { Limits } from "../../src/kernel/task/limits.ts";
import { PARKED, RestartRecord } from "../../src/kernel/task/park.ts";
import { PidTable } from "../../src/kernel/task/pid-table.ts";
import type { Task } from "../../src/kernel/task/task.ts";
import type { Clock } from "../../src/kernel/time/clock.ts";
import type { Filesystem } from "../../src/kernel/vfs/filesystem.ts";
import { Vfs } from "../../src/kernel/vfs/vfs.ts";

const MEMORY = 4 << 20;
const EFAULT = 14;
const ENAMETOOLONG = 36;

export class FakeMemory {
  readonly u8 = new Uint8Array(MEMORY);
  readonly #view = new DataView(this.u8.buffer);

  copyIn(address: number, into: Uint8Array, at: number, length: number): number {
    const n = Math.max(0, Math.min(length, MEMORY - address));
    into.set(this.u8.subarray(address, address + n), at);
    return n;
  }

  copyOut(address: number, from: Uint8Array, at: number, length: number): number {
    const n = Math.max(0, Math.min(length, MEMORY - address));
    this.u8.set(from.subarray(at, at + n), address);
    return n;
  }

  read(address: number, length: number): Uint8Array | null {
    return address + length > MEMORY ? null : this.u8.slice(address, address + length);
  }

  write(address: number, bytes: Uint8Array): number {
    if (address + bytes.length > MEMORY) return -EFAULT;
    this.u8.set(bytes, address);
    return 0;
  }

  view(address: number, length: number): DataView | null {
    return address + length > MEMORY ? null : new DataView(this.u8.buffer, address, length);
  }

  readString(address: number, max: number): string | number {
    const end = this.u8.indexOf(0, address);
    if (end - address >= max) return -1;
    return String.fromCharCode(...this.u8.subarray(address, end));
  }

  readPath(address: number): string | number {
    if (address >= MEMORY) return -EFAULT;
    const text = this.readString(address, 4096);
    return text === -1 ? -ENAMETOOLONG : text;
  }

  readI32(address: number): number {
    return this.#view.getInt32(address, true);
  }

  readU32(address: number): number {
    return this.#view.getUint32(address, true);
  }

  readU64(address: number): number {
    return this.readU32(address + 4) * 2 ** 32 + this.readU32(address);
  }

  readI64(address: number): number {
    return this.readI32(address + 4) * 2 ** 32 + this.readU32(address);
  }

  writeU32(address: number, value: number): number {
    this.#view.setUint32(address, value, true);
    return 0;
  }

  writeI32(address: number, value: number): number {
    return this.writeU32(address, value);
  }

  writeU64(address: number, value: number): number {
    this.writeU32(address, value % 2 ** 32);
    return this.writeU32(address + 4, Math.floor(value / 2 ** 32));
  }
}

class FakeClock implements Clock {
  ns = 1e9;

  monotonicNs(): number {
    return ++this.ns;
  }

  realtime(out: Float64Array): void {
    this.ns += 1000;
    out[0] = 1_700_000_000 + Math.floor(this.ns / 1e9);
    out[1] = this.ns % 1e9;
  }
}

export class FakeKernel {
  readonly clock = new FakeClock();
  readonly vfs: Vfs;
  readonly entropy = { generation: 0, fill: (bytes: Uint8Array) => bytes.fill(7), below: () => 0 };
  readonly signals: number[] = [];
  readonly pids = new PidTable();
  readonly rootCgroup = new Cgroup(1, "", null, 0, 0);
  readonly blocks = new BlockPool();
  readonly network = new NetworkNamespace();

  constructor(dentryBound = 65536) {
    this.vfs = new Vfs(this.clock, dentryBound);
  }

  sendSignalToTask(_task: Task, signo: number): void {
    this.signals.push(signo);
  }
}

let pid = 100;

export class FakeTask {
  readonly kernel: FakeKernel;
  readonly mm: FakeMemory;
  readonly files = new FdTable();
  readonly fs: FsContext;
  readonly group: {
    limits: Limits;
    pidNamespace: PidNamespace;
    pid: number;
    ownPid: number;
    cgroup: Cgroup;
  };
  readonly pid = ++pid;
  readonly tid = pid;
  credentials: Credentials;
  restart: RestartRecord | null = null;
  waitsOn: WaitQueue[] = [];
  #top = 4096;

  constructor(kernel: FakeKernel, fs: FsContext, credentials = Credentials.forUser(0, 0, [])) {
    this.kernel = kernel;
    const { pid } = this;
    const pidNamespace = kernel.pids.first;
    const cgroup = kernel.rootCgroup;
    this.group = { limits: Limits.defaults(), pidNamespace, pid, ownPid: pid, cgroup };
    this.fs = fs;
    this.credentials = credentials;
    this.mm = new FakeMemory();
    this.group.limits.set(RLIMIT_NOFILE, 1024, 1024);
  }

  get task(): Task {
    return this as unknown as Task;
  }

  get namespaces() {
    return { mounts: this.fs.root.mount.namespace!, network: this.kernel.network };
  }

  numberOf(pid: number): number {
    return pid;
  }

  /** Every number names a process that is not there to look at. */
  findGroup(pid: number): { pid: number } | undefined {
    return pid > 0 ? { pid } : undefined;
  }

  get record(): RestartRecord {
    this.restart ??= new RestartRecord();
    return this.restart;
  }

  waitOn(queue: WaitQueue): void {
    this.waitsOn.push(queue);
  }

  park(): number {
    return PARKED;
  }

  /** Put bytes or a string (with NUL) into memory; the address. */
  put(value: string | Uint8Array): number {
    const bytes =
      typeof value === "string" ? Uint8Array.from(`${value}\0`, (c) => c.charCodeAt(0)) : value;
    if (this.#top + bytes.length > MEMORY / 2) this.#top = 4096;
    const at = this.#top;
    this.mm.u8.set(bytes, at);
    this.#top += (bytes.length + 15) & ~15;
    return at;
  }

  /** Call a handler; strings become addresses. */
  sys(handler: (task: Task, ...args: number[]) => number, ...args: (number | string)[]): number {
    this.restart = null;
    this.kernel.vfs.calls++;
    const numbers = args.map((arg) => (typeof arg === "string" ? this.put(arg) : arg));
    return handler(this.task, ...numbers);
  }
}

/** Where handlers under test may write: the upper half of memory. */
export const SCRATCH = MEMORY / 2;

export function openHost(): Host {
  return new Host(fileURLToPath(new URL("../../native/build/gateway.node", import.meta.url)));
}

/** A kernel whose root is this filesystem, and its first task (root). */
export function boot(make: (kernel: FakeKernel) => Filesystem, dentryBound = 65536): FakeTask {
  const kernel = new FakeKernel(dentryBound);
  const root = kernel.vfs.mountRoot(make(kernel));
  return new FakeTask(kernel, new FsContext(root, root, 0o022));
}

/** Another task of the same kernel: other user, own descriptors. */
export function sibling(task: FakeTask, credentials: Credentials): FakeTask {
  return new FakeTask(task.kernel, task.fs.copy(), credentials);
}
