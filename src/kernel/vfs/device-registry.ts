/**
 * DeviceRegistry: who answers for a device number. A device node is a name and a number; opening it
 * asks the driver registered here (devtmpfs, devpts and the terminal register theirs).
 */
import { ENXIO } from "../../abi/errno.ts";
import { major, minor, S_IFBLK, S_IFMT } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { File } from "./file.ts";
import type { Inode } from "./inode.ts";
import type { Path } from "./path.ts";

export interface DeviceDriver {
  /** Open the device; may park as any system call. */
  open(task: Task, inode: Inode, path: Path, flags: number): File | number;
}

/** Every minor number of a major one. */
export const ANY_MINOR = -1;

export class DeviceRegistry {
  readonly #drivers = new Map<string, DeviceDriver>();

  /** type: "c" or "b". */
  register(type: "c" | "b", majorNr: number, minorNr: number, driver: DeviceDriver): void {
    this.#drivers.set(`${type}${majorNr}:${minorNr}`, driver);
  }

  open(task: Task, inode: Inode, path: Path, flags: number): File | number {
    const type = (inode.mode & S_IFMT) === S_IFBLK ? "b" : "c";
    const number = `${type}${major(inode.rdev)}:`;
    const driver =
      this.#drivers.get(number + minor(inode.rdev)) ?? this.#drivers.get(number + ANY_MINOR);
    if (driver === undefined) return refuse(ENXIO, "open: no driver for this device number");
    return driver.open(task, inode, path, flags);
  }
}
