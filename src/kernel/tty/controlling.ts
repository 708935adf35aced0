/**
 * /dev/tty (tty(4)): whoever opens it gets the controlling terminal of its session, or ENXIO.
 * ControllingDriver is its driver for the device registry: character 5:0.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EBUSY, EIO, ENXIO } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { DeviceDriver } from "../vfs/device-registry.ts";
import type { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import { acquireOnOpen, controllingTty } from "./job-control.ts";
import type { Pty } from "./pty.ts";
import { TtyFile } from "./tty-file.ts";

export class ControllingDriver implements DeviceDriver {
  open(task: Task, inode: Inode, path: Path, flags: number): File | number {
    const tty = controllingTty(task);
    if (tty === null) return refuse(ENXIO, "open: the session has no controlling terminal");
    if (!tty.pty.masterOpen) return refuse(EIO, "open: the terminal was hung up");
    return new TtyFile(tty, inode, path, flags, task.credentials);
  }
}

/** Open the slave of a pty (pts(4)); a session leader without a terminal gets this one. */
export function openSlave(
  task: Task,
  pty: Pty,
  inode: Inode,
  path: Path | null,
  flags: number,
): File | number {
  if (!pty.masterOpen) return refuse(EIO, "open: the master is closed");
  if (pty.locked) return refuse(EIO, "open: the slave is locked, see unlockpt(3)");
  if (pty.tty.exclusive && !task.credentials.has(CAP_SYS_ADMIN))
    return refuse(EBUSY, "open: somebody has the terminal for himself");
  const file = new TtyFile(pty.tty, inode, path, flags, task.credentials);
  acquireOnOpen(task, file, pty.tty, flags);
  return file;
}
