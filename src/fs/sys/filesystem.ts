/**
 * Sysfs: the small true part of sysfs(5) that programs read: processors, memory nodes, interfaces,
 * huge pages, and empty directories where others look or mount (fs/cgroup). SysfsType is its mount
 * type.
 */
import { EPERM } from "../../abi/errno.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import { SYSFS_MAGIC } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { FilesystemType } from "../../kernel/vfs/filesystem.ts";
import type { ProcSystem } from "../proc/subject.ts";
import { constant, directory, type Entry, link } from "../pseudo/entry.ts";
import { PseudoFilesystem } from "../pseudo/filesystem.ts";
import { PseudoDirectory } from "../pseudo/inode.ts";
import { CPU } from "./cpu.ts";
import { KERNEL } from "./memory.ts";
import { DEVICES_NET, NET_CLASS } from "./net.ts";
import { NODE } from "./node.ts";

const ROOT_INO = 1;
const MODE = 0o755;

function empty(name: string): Entry<ProcSystem> {
  return directory(name, [], MODE);
}

/** A character device that is no hardware: its number and its name. */
function terminal(name: string, number: string): Entry<ProcSystem> {
  return directory(
    name,
    [
      constant("dev", `${number}\n`),
      constant("uevent", `MAJOR=${number.replace(":", "\nMINOR=")}\nDEVNAME=${name}\n`, 0o644),
    ],
    MODE,
  );
}

const TERMINALS: readonly Entry<ProcSystem>[] = [
  terminal("console", "5:1"),
  terminal("ptmx", "5:2"),
  terminal("tty", "5:0"),
];

const TREE: readonly Entry<ProcSystem>[] = [
  empty("block"),
  directory("bus", [empty("cpu"), empty("node"), empty("pci")], MODE),
  directory(
    "class",
    [
      empty("block"),
      empty("input"),
      empty("misc"),
      NET_CLASS,
      empty("power_supply"),
      empty("thermal"),
      directory("tty", TERMINALS, MODE),
    ],
    MODE,
  ),
  directory(
    "dev",
    [
      empty("block"),
      directory(
        "char",
        [
          link("5:0", () => "../../class/tty/tty"),
          link("5:1", () => "../../class/tty/console"),
          link("5:2", () => "../../class/tty/ptmx"),
        ],
        MODE,
      ),
    ],
    MODE,
  ),
  directory(
    "devices",
    [directory("system", [CPU, NODE], MODE), directory("virtual", [DEVICES_NET], MODE)],
    MODE,
  ),
  empty("firmware"),
  directory("fs", [empty("cgroup")], MODE),
  KERNEL,
  empty("module"),
  directory("power", [constant("state", "\n", 0o644)], MODE),
];

export class Sysfs extends PseudoFilesystem {
  readonly root: PseudoDirectory;
  override readonly fileSize = 4096;
  override readonly blockSize = 4096;
  override readonly createError = -EPERM;

  constructor(system: ProcSystem) {
    super(system.kernel, "sysfs", SYSFS_MAGIC);
    this.root = new PseudoDirectory(this, ROOT_INO, directory("/", TREE), system);
  }
}

/** mount -t sysfs. */
export class SysfsType implements FilesystemType {
  readonly name = "sysfs";
  readonly nodev = true;
  readonly inUserNamespaces = true;
  readonly showsKernel = true;
  readonly #system: ProcSystem;

  constructor(system: ProcSystem) {
    this.#system = system;
  }

  make(): Sysfs {
    return new Sysfs(this.#system);
  }

  mount(task: Task, _source: string, flags: number): Sysfs {
    const sysfs = new Sysfs(this.#system.seenBy(task));
    sysfs.readOnly = (flags & MS_RDONLY) !== 0;
    return sysfs;
  }
}
