/**
 * The memory devices of mem(4), null(4), full(4) and random(4): character major 1. MemoryDevices is
 * their driver for the device registry. None of them ever waits.
 */

import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EINVAL, ENODEV, ENOSPC, ENXIO, EPERM } from "../../abi/errno.ts";
import {
  RNDADDENTROPY,
  RNDADDTOENTCNT,
  RNDCLEARPOOL,
  RNDGETENTCNT,
  RNDRESEEDCRNG,
  RNDZAPENTCNT,
} from "../../abi/ioctl.ts";
import { minor } from "../../abi/stat.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { DeviceDriver } from "../../kernel/vfs/device-registry.ts";
import { File, type Mapping } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";

export const MEMORY_MAJOR = 1;
const NULL = 3;
const ZERO = 5;
const FULL = 7;
const RANDOM = 8;
const URANDOM = 9;
const KMSG = 11;
const CHUNK = 65536;
/** What a full entropy pool counts as. */
const POOL_BITS = 256;

export class MemoryDevices implements DeviceDriver {
  readonly #zeros = new Uint8Array(CHUNK);

  open(task: Task, inode: Inode, path: Path, flags: number): File | number {
    const { credentials } = task;
    switch (minor(inode.rdev)) {
      case NULL:
      case KMSG:
        return new NullFile(inode, path, flags, credentials);
      case ZERO:
        return new ZeroFile(this.#zeros, inode, path, flags, credentials);
      case FULL:
        return new FullFile(this.#zeros, inode, path, flags, credentials);
      case RANDOM:
      case URANDOM:
        return new RandomFile(inode, path, flags, credentials);
      default:
        return -ENXIO;
    }
  }
}

class NullFile extends File {
  override read(): number {
    return 0;
  }

  override pread(): number {
    return 0;
  }

  override write(_task: Task, from: UserBuffer): number {
    return from.remaining;
  }

  override pwrite(_task: Task, from: UserBuffer): number {
    return from.remaining;
  }

  override get seekable(): boolean {
    return true;
  }

  override seek(): number {
    this.position = 0;
    return 0;
  }

  override fsync(): number {
    return -EINVAL;
  }
}

class ZeroFile extends NullFile {
  readonly #zeros: Uint8Array;

  constructor(zeros: Uint8Array, ...rest: ConstructorParameters<typeof NullFile>) {
    super(...rest);
    this.#zeros = zeros;
  }

  override read(_task?: Task, into?: UserBuffer): number {
    let done = 0;
    while (into!.remaining > 0) {
      const n = into!.put(this.#zeros, 0, Math.min(into!.remaining, CHUNK));
      if (n <= 0) return done > 0 ? done : n;
      done += n;
    }
    return done;
  }

  override pread(task?: Task, into?: UserBuffer): number {
    return this.read(task, into);
  }

  /** Anonymous memory. */
  override mapping(): Mapping | number {
    return { hostFd: -1 };
  }
}

class FullFile extends ZeroFile {
  override write(): number {
    return -ENOSPC;
  }

  override pwrite(): number {
    return -ENOSPC;
  }

  override mapping(): Mapping | number {
    return -ENODEV;
  }
}

class RandomFile extends File {
  override read(task: Task, into: UserBuffer): number {
    const bytes = new Uint8Array(Math.min(into.remaining, CHUNK));
    let done = 0;
    while (into.remaining > 0) {
      const part = bytes.subarray(0, Math.min(into.remaining, CHUNK));
      task.kernel.entropy.fill(part);
      const n = into.put(part);
      if (n <= 0) return done > 0 ? done : n;
      done += n;
    }
    return done;
  }

  override pread(task: Task, into: UserBuffer): number {
    return this.read(task, into);
  }

  /** Added to the pool, as far as anybody can tell. */
  override write(_task: Task, from: UserBuffer): number {
    return from.remaining;
  }

  override pwrite(_task: Task, from: UserBuffer): number {
    return from.remaining;
  }

  override get seekable(): boolean {
    return true;
  }

  override seek(): number {
    return 0;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    switch (command) {
      case RNDGETENTCNT:
        return task.mm.writeI32(argument, POOL_BITS);
      case RNDADDTOENTCNT:
      case RNDADDENTROPY:
      case RNDZAPENTCNT:
      case RNDCLEARPOOL:
      case RNDRESEEDCRNG:
        return task.credentials.has(CAP_SYS_ADMIN) ? 0 : -EPERM;
      default:
        return super.ioctl(task, command, argument);
    }
  }
}
