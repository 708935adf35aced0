/**
 * The drivers behind the device numbers of pseudoterminals: 5:2 (ptmx) makes a pair and opens its
 * master, 136:N opens a slave, 5:0 is the caller's controlling terminal. registerTerminals() puts
 * them into the device registry.
 *  - A ptmx outside devpts means the instance mounted at "pts" beside it.
 */
import { EIO, ENODEV } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ControllingDriver, openSlave } from "../../kernel/tty/controlling.ts";
import { MasterFile } from "../../kernel/tty/master-file.ts";
import { UNIX98_PTY_SLAVE_MAJOR } from "../../kernel/tty/tty.ts";
import { ANY_MINOR, type DeviceDriver } from "../../kernel/vfs/device-registry.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { Devpts } from "./filesystem.ts";
import { SlaveInode } from "./inode.ts";

const TTYAUX_MAJOR = 5;

export class PtmxDriver implements DeviceDriver {
  open(task: Task, inode: Inode, path: Path, flags: number): File | number {
    const devpts = findInstance(task, inode, path);
    if (devpts === null) return refuse(ENODEV, "open: no devpts is mounted beside this ptmx");
    const pty = devpts.newPty(task.credentials);
    if (typeof pty === "number") return pty;
    return new MasterFile(pty, inode, path, flags, task.credentials);
  }
}

function findInstance(task: Task, inode: Inode, path: Path): Devpts | null {
  if (inode.filesystem instanceof Devpts) return inode.filesystem;
  const { mount, dentry } = path;
  if (dentry.parent === null) return null;
  const pts = task.kernel.vfs.lookup(task, dentry.parent, "pts");
  if (typeof pts === "number") return null;
  const filesystem = mount.children.get(pts)?.filesystem;
  return filesystem instanceof Devpts ? filesystem : null;
}

export class SlaveDriver implements DeviceDriver {
  open(task: Task, inode: Inode, path: Path, flags: number): File | number {
    // A node of this number elsewhere leads to no pair.
    if (!(inode instanceof SlaveInode)) return refuse(EIO, "open: not in a devpts");
    return openSlave(task, inode.pty, inode, path, flags);
  }
}

export function registerTerminals(vfs: Vfs): void {
  vfs.devices.register("c", TTYAUX_MAJOR, 0, new ControllingDriver());
  vfs.devices.register("c", TTYAUX_MAJOR, 2, new PtmxDriver());
  vfs.devices.register("c", UNIX98_PTY_SLAVE_MAJOR, ANY_MINOR, new SlaveDriver());
}
