/**
 * Shared memory segments (shmget(2), shmat(2)): a memory file with a System V identity.
 *  - Each shmat opens the segment anew as a ShmAttachment; the areas of address spaces are its only
 *    references, so that fork, munmap, exec and exit count attachments without knowing of them.
 *  - A segment marked by IPC_RMID goes with its last attachment.
 */

import { O_RDONLY, O_RDWR } from "../../abi/fcntl.ts";
import { SHM_DEST } from "../../abi/ipc.ts";
import { MAP_PRIVATE } from "../../abi/mman.ts";
import type { Credentials } from "../cred/credentials.ts";
import { PAGE_SIZE, pageUp } from "../mm/mm.ts";
import type { Task } from "../task/task.ts";
import { File, type Mapping } from "../vfs/file.ts";
import { type IpcIds, IpcObject } from "./ids.ts";

export class ShmSegment extends IpcObject {
  readonly file: File;
  readonly bytes: number;
  readonly creatorPid: number;
  readonly #segments: IpcIds<ShmSegment>;
  lastPid = 0;
  attachSec = 0;
  detachSec = 0;
  attachments = 0;

  constructor(
    segments: IpcIds<ShmSegment>,
    task: Task,
    key: number,
    mode: number,
    bytes: number,
    file: File,
  ) {
    super(key, mode, task.credentials, task.kernel.vfs.nowSec());
    this.#segments = segments;
    this.file = file;
    this.bytes = bytes;
    this.creatorPid = task.pid;
  }

  get pages(): number {
    return pageUp(this.bytes) / PAGE_SIZE;
  }

  /** An area more maps it. */
  attached(): void {
    this.attachments++;
    this.attachSec = this.file.inode.filesystem.vfs.nowSec();
  }

  detached(): void {
    this.attachments--;
    this.detachSec = this.file.inode.filesystem.vfs.nowSec();
    if (this.attachments === 0 && (this.mode & SHM_DEST) !== 0) this.#destroy();
  }

  /** IPC_RMID. */
  markRemoved(): void {
    if (this.attachments === 0) return this.#destroy();
    this.mode |= SHM_DEST;
    this.#segments.forgetKey(this);
  }

  #destroy(): void {
    if (this.isRemoved) return;
    this.#segments.remove(this);
    this.file.unref();
  }
}

/** What one shmat opened. */
export class ShmAttachment extends File {
  readonly segment: ShmSegment;

  constructor(segment: ShmSegment, readOnly: boolean, credentials: Credentials) {
    super(segment.file.inode, segment.file.path, readOnly ? O_RDONLY : O_RDWR, credentials);
    this.segment = segment;
    segment.attached();
  }

  override ref(): this {
    this.segment.attached();
    return super.ref();
  }

  override unref(): void {
    super.unref();
    this.segment.detached();
  }

  /** A read-only attachment maps a descriptor that cannot be written to. */
  override mapping(prot: number, flags: number): Mapping | number {
    return this.segment.file.mapping(prot, this.writable ? flags : MAP_PRIVATE);
  }
}

/** Before a process's last task leaves its memory: it is who detached last. */
export function leavesSegments(task: Task): void {
  if (task.mm.users > 1) return;
  for (const { file } of task.mm.areas.areas)
    if (file instanceof ShmAttachment) file.segment.lastPid = task.pid;
}
