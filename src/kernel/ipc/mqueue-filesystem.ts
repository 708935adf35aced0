/**
 * MqueueFilesystem: the directory that names the POSIX message queues of an IPC namespace, whether it
 * is mounted somewhere (mount -t mqueue) or not. mq_open and mq_unlink work on it directly.
 */

import { CAP_SYS_RESOURCE } from "../../abi/capability.ts";
import { DT_REG } from "../../abi/dirent.ts";
import { EEXIST, EINVAL, EMFILE, ENOENT, ENOSPC, EPERM } from "../../abi/errno.ts";
import { RLIMIT_MSGQUEUE } from "../../abi/resource.ts";
import { MQUEUE_MAGIC, S_IFDIR, S_IFMT, S_IFREG } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { NO_ID } from "../ns/id-map.ts";
import type { UserNamespace } from "../ns/user-namespace.ts";
import type { Task } from "../task/task.ts";
import { DentryCache } from "../vfs/dentry.ts";
import type { DirectoryEmitter } from "../vfs/directory-emitter.ts";
import { DirectoryFile } from "../vfs/directory-file.ts";
import type { File } from "../vfs/file.ts";
import { Filesystem, type FilesystemType } from "../vfs/filesystem.ts";
import { Inode, type InodeInit } from "../vfs/inode.ts";
import type { Kstat, StatFs } from "../vfs/kstat.ts";
import { Mount } from "../vfs/mount.ts";
import { FIRST_ENTRY } from "../vfs/packed-entries.ts";
import { Path } from "../vfs/path.ts";
import type { Vfs } from "../vfs/vfs.ts";
import { Mqueue } from "./mqueue.ts";
import type { IpcNamespace } from "./namespace.ts";

/** fs.mqueue.queues_max, msg_max and msgsize_max, and what CAP_SYS_RESOURCE may not exceed either. */
const MOST_QUEUES = 256;
const MOST_MESSAGES = 10;
const MOST_BYTES = 8192;
const HARD_MOST_MESSAGES = 65536;
const HARD_MOST_BYTES = 16 * 1024 * 1024;

export class MqueueFilesystem extends Filesystem {
  override readonly revalidates = true;
  readonly root: MqueueDirectory;
  #lastIno = 1;
  #queues = 0;
  /** Bytes by creator. */
  readonly #costs = new Map<number, number>();
  /** Where mq_open's files are, mounted or not. */
  readonly #mount: Mount;

  constructor(vfs: Vfs, owner: UserNamespace) {
    super(vfs, "mqueue");
    this.userNamespace = owner;
    const [uid, gid] = [owner.kernelUid(0), owner.kernelGid(0)];
    this.root = new MqueueDirectory(this, uid === NO_ID ? 0 : uid, gid === NO_ID ? 0 : gid);
    this.#mount = new Mount(0, this, DentryCache.detached(this.root.hold(), "/"), 0, "mqueue");
    this.#mount.users = 1;
  }

  newIno(): number {
    return ++this.#lastIno;
  }

  /** A new queue with its first hold, or -errno. */
  make(task: Task, mode: number, messages: number, bytes: number): Mqueue | number {
    const { credentials, group } = task;
    const isFree = credentials.has(CAP_SYS_RESOURCE);
    const rc = checkSize(messages, bytes, isFree);
    if (rc < 0) return rc;
    if (this.#queues >= MOST_QUEUES && !isFree) return refuse(ENOSPC, "mq_open: queues_max");
    const cost = Mqueue.cost(messages, bytes);
    const uid = credentials.fsuid;
    const sum = (this.#costs.get(uid) ?? 0) + cost;
    if (sum > group.limits.soft(RLIMIT_MSGQUEUE)) return refuse(EMFILE, "mq_open: RLIMIT_MSGQUEUE");
    this.#costs.set(uid, sum);
    this.#queues++;
    return new Mqueue(this, S_IFREG | (mode & 0o7777), uid, credentials.fsgid, messages, bytes);
  }

  /** A queue is gone for good. */
  forget(creator: number, cost: number): void {
    this.#queues--;
    this.#costs.set(creator, (this.#costs.get(creator) ?? 0) - cost);
  }

  /** A path to a queue, for files that no mount leads to. */
  path(queue: Mqueue, name: string): Path {
    return new Path(this.#mount, DentryCache.detached(queue.hold(), `/${name}`));
  }

  fillStat(out: Kstat, inode: Inode, sec: number, nsec: number): void {
    out.dev = this.dev;
    out.ino = inode.ino;
    out.mode = inode.mode;
    out.uid = inode.uid;
    out.gid = inode.gid;
    out.rdev = out.blocks = 0;
    out.blksize = 4096;
    out.atimeSec = out.mtimeSec = out.ctimeSec = sec;
    out.atimeNsec = out.mtimeNsec = out.ctimeNsec = nsec;
    out.hasBtime = false;
  }

  override statfs(out: StatFs): number {
    out.type = MQUEUE_MAGIC;
    out.bsize = out.frsize = 4096;
    out.blocks = out.bfree = out.bavail = out.files = out.ffree = 0;
    return 0;
  }
}

/** The sizes of a queue that mq_open was given none for. */
export const DEFAULT_MESSAGES = MOST_MESSAGES;
export const DEFAULT_BYTES = MOST_BYTES;

function checkSize(messages: number, bytes: number, isFree: boolean): number {
  if (messages <= 0 || bytes <= 0) return refuse(EINVAL, "mq_open: a queue of nothing");
  const mostMessages = isFree ? HARD_MOST_MESSAGES : MOST_MESSAGES;
  const mostBytes = isFree ? HARD_MOST_BYTES : MOST_BYTES;
  if (messages > mostMessages || bytes > mostBytes)
    return refuse(EINVAL, "mq_open: more than fs.mqueue allows");
  return 0;
}

export class MqueueDirectory extends Inode {
  declare readonly filesystem: MqueueFilesystem;
  readonly queues = new Map<string, Mqueue>();

  constructor(filesystem: MqueueFilesystem, uid: number, gid: number) {
    super(filesystem, 1, S_IFDIR | 0o1777, uid, gid);
  }

  override getattr(out: Kstat): number {
    this.filesystem.fillStat(out, this, this.filesystem.vfs.nowSec(), 0);
    out.nlink = 2;
    out.size = 40;
    return 0;
  }

  override lookup(_task: Task | null, name: string): Inode | number {
    return this.queues.get(name)?.hold() ?? -ENOENT;
  }

  override revalidate(name: string, child: Inode | null): boolean {
    return (this.queues.get(name) ?? null) === child;
  }

  override create(task: Task | null, name: string, init: InodeInit): Inode | number {
    if (task === null || (init.mode & S_IFMT) !== S_IFREG)
      return refuse(EPERM, "mqueue: only queues");
    const queue = this.filesystem.make(task, init.mode, DEFAULT_MESSAGES, DEFAULT_BYTES);
    return typeof queue === "number" ? queue : this.add(name, queue);
  }

  /** Name a new queue; its hold is the name's, the caller gets another. */
  add(name: string, queue: Mqueue): Mqueue | number {
    if (this.queues.has(name)) return -EEXIST;
    this.queues.set(name, queue);
    return queue.hold();
  }

  override unlink(_task: Task, name: string, child: Inode): number {
    const queue = child as Mqueue;
    this.queues.delete(name);
    queue.nlink = 0;
    queue.drop();
    return 0;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File {
    return new MqueueDirectoryFile(face, path, flags, task.credentials);
  }
}

class MqueueDirectoryFile extends DirectoryFile {
  protected override entries(_task: Task, into: DirectoryEmitter): number {
    const { queues } = this.inode as MqueueDirectory;
    for (const [name, queue] of [...queues].slice(this.position - FIRST_ENTRY)) {
      if (!into.emit(name, queue.ino, DT_REG, this.position + 1)) return 0;
      this.position++;
    }
    return 0;
  }
}

/** The directory of a namespace, made when first asked for. */
export function mqueuesOf(vfs: Vfs, namespace: IpcNamespace): MqueueFilesystem {
  namespace.mqueues ??= new MqueueFilesystem(vfs, namespace.owner!);
  return namespace.mqueues;
}

/** mount -t mqueue: every mount in a namespace shows the same queues. */
export class MqueueType implements FilesystemType {
  readonly name = "mqueue";
  readonly nodev = true;
  readonly inUserNamespaces = true;

  mount(task: Task): Filesystem {
    return mqueuesOf(task.kernel.vfs, task.namespaces.ipc);
  }
}
