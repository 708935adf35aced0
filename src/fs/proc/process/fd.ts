/**
 * /proc/PID/fd and fdinfo: the descriptors of a process. A link in fd leads to the very file: opening
 * it opens that file anew, whatever its name is now (proc_pid_fd(5)).
 */
import { EACCES, ENOENT, ENXIO } from "../../../abi/errno.ts";
import { O_CLOEXEC } from "../../../abi/fcntl.ts";
import { S_IFDIR, S_IFLNK, S_IFREG } from "../../../abi/stat.ts";
import type { Credentials } from "../../../kernel/cred/credentials.ts";
import type { Task } from "../../../kernel/task/task.ts";
import type { File } from "../../../kernel/vfs/file.ts";
import type { Inode } from "../../../kernel/vfs/inode.ts";
import type { Kstat } from "../../../kernel/vfs/kstat.ts";
import type { MountIds } from "../../../kernel/vfs/mount-ids.ts";
import type { Path } from "../../../kernel/vfs/path.ts";
import { pathname } from "../../../kernel/vfs/pathname.ts";
import {
  type Entry,
  file,
  inoOf,
  link,
  maker,
  type Name,
  type Subject,
} from "../../pseudo/entry.ts";
import { PseudoDirectory, PseudoInode } from "../../pseudo/inode.ts";
import { mayInspect } from "../access.ts";
import type { ProcProcess } from "../subject.ts";

/** One descriptor of a process. */
class ProcDescriptor implements Subject {
  readonly process: ProcProcess;
  readonly fd: number;

  constructor(process: ProcProcess, fd: number) {
    this.process = process;
    this.fd = fd;
  }

  get file(): File | null {
    return this.process.living?.files.get(this.fd) ?? null;
  }

  get alive(): boolean {
    return this.process.alive && this.file !== null;
  }

  get uid(): number {
    return this.process.uid;
  }

  get gid(): number {
    return this.process.gid;
  }
}

// --- fd -----------------------------------------------------------------------------------------

const LINK: Entry<ProcDescriptor> = link("descriptor", readDescriptor, followDescriptor);

function readDescriptor({ process, file }: ProcDescriptor, task: Task | null): string | number {
  if (file === null) return -ENOENT;
  const rc = task === null ? 0 : mayInspect(process, task);
  if (rc < 0) return rc;
  if (file.path === null) return "anon_inode:[file]";
  return pathname(file.path, task?.fs.root ?? process.root ?? file.path);
}

function followDescriptor({ process, file }: ProcDescriptor, task: Task): Path | number {
  if (file === null) return -ENOENT;
  const rc = mayInspect(process, task);
  return rc < 0 ? rc : (file.path ?? -ENXIO);
}

/** Permission bits of a link in fd: how its file is open. */
function linkMode(file: File): number {
  return S_IFLNK | (file.readable ? 0o500 : 0) | (file.writable ? 0o300 : 0);
}

class DescriptorLink extends PseudoInode {
  declare readonly subject: ProcDescriptor;

  override refresh(): void {
    super.refresh();
    const { file } = this.subject;
    if (file !== null) this.mode = linkMode(file);
  }
}

abstract class DescriptorDirectory extends PseudoDirectory {
  declare readonly subject: ProcProcess;

  protected abstract makeDescriptor(ino: number, descriptor: ProcDescriptor): PseudoInode;

  protected abstract modeOf(file: File): number;

  protected override find(_task: Task | null, name: string): Inode | null {
    if (!this.has(name)) return null;
    const descriptor = new ProcDescriptor(this.subject, Number(name));
    const inode = this.makeDescriptor(inoOf(this.ino, name), descriptor);
    inode.refresh();
    return inode;
  }

  protected override has(name: string): boolean {
    if (!/^(0|[1-9]\d*)$/.test(name)) return false;
    return this.subject.living?.files.get(Number(name)) != null;
  }

  override dynamicNames(): ReadonlyMap<number, Name> {
    const names = new Map<number, Name>();
    const files = this.subject.living?.files;
    if (files === undefined) return names;
    for (const fd of files.numbers())
      names.set(fd, { name: String(fd), mode: this.modeOf(files.get(fd)!) });
    return names;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File | number {
    const rc = mayInspect(this.subject, task);
    return rc < 0 ? rc : super.open(task, face, path, flags);
  }
}

class FdDirectory extends DescriptorDirectory {
  /** A process may always use its own, even when the files are not its user's. */
  override permission(credentials: Credentials, mask: number, ids: MountIds | null): number {
    const rc = super.permission(credentials, mask, ids);
    return rc === -EACCES && this.subject.living?.credentials === credentials ? 0 : rc;
  }

  override getattr(out: Kstat): number {
    super.getattr(out);
    out.size = this.dynamicNames().size;
    return 0;
  }

  protected override makeDescriptor(ino: number, descriptor: ProcDescriptor): PseudoInode {
    return new DescriptorLink(this.filesystem, ino, LINK, descriptor);
  }

  protected override modeOf(file: File): number {
    return linkMode(file);
  }
}

// --- fdinfo -------------------------------------------------------------------------------------

const INFO: Entry<ProcDescriptor> = file("descriptor", 0o444, readInfo);

function readInfo({ process, fd, file }: ProcDescriptor): string | number {
  if (file === null) return -ENOENT;
  const closes = process.living?.files.isCloseOnExec(fd) === true;
  const flags = file.flags | (closes ? O_CLOEXEC : 0);
  const mount = file.path?.mount.id ?? 0;
  return `pos:\t${file.position}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${mount}\nino:\t${file.inode.ino}\n${file.fdinfo(process.system.pidNamespace)}`;
}

class FdInfoDirectory extends DescriptorDirectory {
  protected override makeDescriptor(ino: number, descriptor: ProcDescriptor): PseudoInode {
    return new PseudoInode(this.filesystem, ino, INFO, descriptor);
  }

  protected override modeOf(): number {
    return S_IFREG | 0o444;
  }
}

export const DESCRIPTORS: readonly Entry<ProcProcess>[] = [
  maker(
    "fd",
    S_IFDIR | 0o500,
    (parent, entry, process) =>
      new FdDirectory(parent.filesystem, inoOf(parent.ino, entry.name), entry, process),
  ),
  maker(
    "fdinfo",
    S_IFDIR | 0o555,
    (parent, entry, process) =>
      new FdInfoDirectory(parent.filesystem, inoOf(parent.ino, entry.name), entry, process),
  ),
];
