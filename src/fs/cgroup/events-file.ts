/**
 * EventsFile: cgroup.events, open: POLLPRI when it says something else than at the last read.
 */
import { POLLERR, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import type { Waiter } from "../../base/wait-queue.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { ContentFile } from "../pseudo/content-file.ts";
import type { AnyEntry } from "../pseudo/entry.ts";
import type { CgroupSubject } from "./subject.ts";

const ALWAYS = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

export class EventsFile extends ContentFile implements Waiter {
  declare readonly subject: CgroupSubject;
  /** What has been read. */
  #seen: number;

  constructor(
    entry: AnyEntry,
    subject: CgroupSubject,
    inode: Inode,
    path: Path | null,
    flags: number,
    credentials: Credentials,
  ) {
    super(entry, subject, inode, path, flags, credentials);
    this.#seen = subject.cgroup.changes;
    subject.cgroup.events.add(this, -1);
  }

  override get pollable(): boolean {
    return true;
  }

  override pread(task: Task, into: UserBuffer, position: number): number {
    if (position === 0) this.#seen = this.subject.cgroup.changes;
    return super.pread(task, into, position);
  }

  override poll(): number {
    return this.#seen === this.subject.cgroup.changes ? ALWAYS : ALWAYS | POLLPRI | POLLERR;
  }

  onWake(): boolean {
    this.queue.wake(POLLPRI | POLLERR);
    return false;
  }

  override release(): void {
    this.subject.cgroup.events.remove(this);
  }
}
