/**
 * What proc, sys and devpts are made of: generated files with seq_file's semantics, sysctl values that
 * are kept, names that come and go.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EINVAL, EIO, ENOENT, EPERM, ESRCH } from "../../src/abi/errno.ts";
import { AT_FDCWD, O_CREAT, O_RDONLY, O_RDWR, SEEK_END, SEEK_SET } from "../../src/abi/fcntl.ts";
import { registerTerminals } from "../../src/fs/devpts/drivers.ts";
import { DEVPTS_PRIVATE, Devpts } from "../../src/fs/devpts/filesystem.ts";
import { UnknownFacts } from "../../src/fs/proc/facts.ts";
import { parseInteger } from "../../src/fs/proc/format.ts";
import { KernelNetwork } from "../../src/fs/proc/net/report.ts";
import { cpuList } from "../../src/fs/proc/process/status.ts";
import { ProcSystem } from "../../src/fs/proc/subject.ts";
import { SYSCTL } from "../../src/fs/proc/sysctl/table.ts";
import { directory, file, type Subject } from "../../src/fs/pseudo/entry.ts";
import { PseudoFilesystem } from "../../src/fs/pseudo/filesystem.ts";
import { PseudoDirectory } from "../../src/fs/pseudo/inode.ts";
import { Sysfs } from "../../src/fs/sys/filesystem.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { UserBuffer } from "../../src/kernel/mm/user-buffer.ts";
import type { File } from "../../src/kernel/vfs/file.ts";
import { boot, type FakeKernel, type FakeTask, SCRATCH } from "./fake-task.ts";

class Counter implements Subject {
  alive = true;
  readonly uid = 0;
  readonly gid = 0;
  value = 0;
}

const ROOT = directory<Counter>("/", [
  file("count", 0o444, (counter) => `${++counter.value} ${"x".repeat(20)}\n`),
  file(
    "set",
    0o644,
    (counter) => `${counter.value}\n`,
    (counter, _task, text) => {
      const value = parseInteger(text);
      if (Number.isNaN(value)) return -EINVAL;
      counter.value = value;
      return 0;
    },
  ),
]);

class CounterFilesystem extends PseudoFilesystem {
  readonly root: PseudoDirectory;

  constructor(kernel: FakeKernel, counter: Counter) {
    super(kernel as unknown as Kernel, "counter", 1);
    this.root = new PseudoDirectory(this, 1, ROOT, counter);
  }
}

function start(): { task: FakeTask; counter: Counter } {
  const counter = new Counter();
  return { task: boot((kernel) => new CounterFilesystem(kernel, counter)), counter };
}

function open(task: FakeTask, name: string, flags = O_RDONLY): File {
  const found = task.kernel.vfs.openPath(task.task, AT_FDCWD, name, flags);
  assert.notEqual(typeof found, "number", `open ${name}: ${found}`);
  return found as File;
}

function read(task: FakeTask, from: File, size: number, at = -1): string | number {
  const into = UserBuffer.of(task.mm, SCRATCH, size);
  const n = at < 0 ? from.read(task.task, into) : from.pread(task.task, into, at);
  return n < 0 ? n : String.fromCharCode(...task.mm.u8.subarray(SCRATCH, SCRATCH + n));
}

function write(task: FakeTask, to: File, text: string): number {
  return to.write(task.task, UserBuffer.of(task.mm, task.put(text), text.length));
}

function slurp(task: FakeTask, name: string): string | number {
  return read(task, open(task, name), 4096);
}

test("pseudo: partial reads fit together, and a read at 0 makes the content anew", () => {
  const { task } = start();
  const counting = open(task, "/count");
  assert.equal(read(task, counting, 2), "1 ");
  assert.equal(read(task, counting, 100), `${"x".repeat(20)}\n`);
  assert.equal(read(task, counting, 100), "");
  assert.equal(counting.seek(0, SEEK_SET), 0);
  assert.equal(read(task, counting, 1), "2");
  assert.equal(read(task, counting, 1, 0), "3");
  assert.equal(read(task, counting, 100, 1000), "");
  assert.equal(counting.seek(0, SEEK_END), -EINVAL);
});

test("pseudo: a write hands its whole text over", () => {
  const { task, counter } = start();
  const setting = open(task, "/set", O_RDWR);
  assert.equal(write(task, setting, "0x10\n"), 5);
  assert.equal(counter.value, 16);
  assert.equal(write(task, setting, "much"), -EINVAL);
  assert.equal(write(task, open(task, "/count", O_RDWR), "1"), -EIO);
});

test("pseudo: what is gone is ENOENT by name and ESRCH when open", () => {
  const { task, counter } = start();
  const counting = open(task, "/count");
  counter.alive = false;
  assert.equal(read(task, counting, 10), -ESRCH);
  assert.equal(task.kernel.vfs.openPath(task.task, AT_FDCWD, "/count", O_RDONLY), -ENOENT);
});

test("pseudo: nothing can be made", () => {
  const { task } = start();
  const rc = task.kernel.vfs.openPath(task.task, AT_FDCWD, "/new", O_CREAT | O_RDWR, 0o644);
  assert.equal(rc, -ENOENT);
});

function bootSystem(cpus: number): FakeTask {
  return boot((kernel) => {
    const fake = Object.assign(kernel, { cpus, startNs: 0 }) as unknown as Kernel;
    return new Sysfs(new ProcSystem(fake, new UnknownFacts(1 << 30), new KernelNetwork()));
  });
}

test("sys: processors and interfaces are there by number and name", () => {
  const task = bootSystem(4);
  assert.equal(slurp(task, "/devices/system/cpu/online"), "0-3\n");
  assert.equal(slurp(task, "/devices/system/cpu/cpu3/topology/core_cpus"), "8\n");
  assert.equal(slurp(task, "/class/net/lo/mtu"), "65536\n");
  assert.equal(slurp(task, "/dev/char/5:2/dev"), "5:2\n");
  const rc = task.kernel.vfs.openPath(task.task, AT_FDCWD, "/devices/system/cpu/cpu4", O_RDONLY);
  assert.equal(rc, -ENOENT);
  assert.equal(task.kernel.vfs.openPath(task.task, AT_FDCWD, "/new", O_CREAT | O_RDWR), -EPERM);
});

class SysctlFilesystem extends PseudoFilesystem {
  readonly root: PseudoDirectory;

  constructor(kernel: FakeKernel) {
    super(kernel as unknown as Kernel, "sysctl", 1);
    const system = new ProcSystem(
      kernel as unknown as Kernel,
      new UnknownFacts(1 << 30),
      new KernelNetwork(),
    );
    this.root = new PseudoDirectory(this, 1, directory("/", SYSCTL), system);
  }
}

test("proc: sysctl values are kept when they are of their kind", () => {
  const task = boot((kernel) => new SysctlFilesystem(kernel));
  assert.equal(slurp(task, "/vm/swappiness"), "60\n");
  const swappiness = open(task, "/vm/swappiness", O_RDWR);
  assert.equal(write(task, swappiness, "10\n"), 3);
  assert.equal(slurp(task, "/vm/swappiness"), "10\n");
  assert.equal(write(task, swappiness, "little"), -EINVAL);
  assert.equal(write(task, open(task, "/net/ipv4/ip_local_port_range", O_RDWR), "1 2"), 3);
  assert.equal(slurp(task, "/net/ipv4/ip_local_port_range"), "1\t2\n");
  assert.match(String(slurp(task, "/kernel/random/uuid")), /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  assert.equal(slurp(task, "/kernel/random/boot_id"), slurp(task, "/kernel/random/boot_id"));
});

test("proc: lists of processors", () => {
  assert.equal(cpuList([true, true, false, true]), "0-1,3");
  assert.equal(cpuList([true]), "0");
});

test("devpts: a slave's name is there as long as its master", () => {
  const task = boot((kernel) => new Devpts(kernel.vfs, DEVPTS_PRIVATE));
  registerTerminals(task.kernel.vfs);
  const { vfs } = task.kernel;
  assert.equal(vfs.openPath(task.task, AT_FDCWD, "/0", O_RDWR), -ENOENT);
  const first = open(task, "/ptmx", O_RDWR);
  const second = open(task, "/ptmx", O_RDWR);
  assert.equal(vfs.openPath(task.task, AT_FDCWD, "/0", O_RDWR), -EIO, "locked");
  first.unref();
  assert.equal(vfs.openPath(task.task, AT_FDCWD, "/0", O_RDWR), -ENOENT);
  assert.equal(vfs.openPath(task.task, AT_FDCWD, "/1", O_RDWR), -EIO, "locked");
  second.unref();
});
