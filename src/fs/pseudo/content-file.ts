/**
 * ContentFile: a generated file, open (Linux's seq_file). The content is made when a read begins at
 * position 0 and stays the same for reads further on, so that partial reads fit together.
 *  - A write hands its whole text to the row; where it goes does not matter, as with sysctl files.
 */
import { EFAULT, EINVAL, EIO, ESRCH } from "../../abi/errno.ts";
import { SEEK_CUR, SEEK_END, SEEK_SET } from "../../abi/fcntl.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import { File } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { AnyEntry, Content, Subject } from "./entry.ts";
import { PseudoFilesystem } from "./filesystem.ts";

/** The most that one write may bring. */
const MAX_WRITE = 4096;

export class ContentFile extends File {
  readonly entry: AnyEntry;
  readonly subject: Subject;
  #content: Uint8Array | null = null;

  constructor(
    entry: AnyEntry,
    subject: Subject,
    inode: Inode,
    path: Path | null,
    flags: number,
    credentials: Credentials,
  ) {
    super(inode, path, flags, credentials);
    this.entry = entry;
    this.subject = subject;
  }

  override get seekable(): boolean {
    return true;
  }

  override get pollable(): boolean {
    return this.entry.traits?.pollable === true;
  }

  override read(task: Task, into: UserBuffer): number {
    const n = this.pread(task, into, this.position);
    if (n > 0) this.position += n;
    return n;
  }

  override pread(task: Task, into: UserBuffer, position: number): number {
    const rc = this.#generate(task, position);
    if (rc < 0) return rc;
    const content = this.#content!;
    if (position >= content.length || into.remaining === 0) return 0;
    return into.put(content, position, Math.min(content.length - position, into.remaining));
  }

  override readKernel(into: Uint8Array, position: number): number {
    const content = this.#content;
    if (content === null) return -EINVAL;
    const part = content.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  #generate(task: Task, position: number): number {
    if (position > 0 && this.#content !== null) return 0;
    if (!this.subject.alive) return this.#goneError;
    if (this.entry.read === undefined) return -EIO;
    const content: Content = this.entry.read(this.subject, task);
    if (typeof content === "number") return content;
    this.#content = typeof content === "string" ? latin1Bytes(content) : content;
    return 0;
  }

  override write(task: Task, from: UserBuffer): number {
    const n = this.#store(task, from);
    if (n > 0) this.position += n;
    return n;
  }

  override pwrite(task: Task, from: UserBuffer, _position: number): number {
    return this.#store(task, from);
  }

  #store(task: Task, from: UserBuffer): number {
    if (!this.subject.alive) return this.#goneError;
    if (this.entry.write === undefined) return -EIO;
    if (from.remaining === 0 && this.entry.traits?.judgesEmpty !== true) return 0;
    if (from.remaining > MAX_WRITE) return -EINVAL;
    const bytes = new Uint8Array(from.remaining);
    const n = from.take(bytes);
    if (n < bytes.length) return -EFAULT;
    const rc = this.entry.write(
      this.subject,
      task,
      String.fromCharCode(...bytes),
      this.credentials,
    );
    return rc < 0 ? rc : n;
  }

  get #goneError(): number {
    const { filesystem } = this.inode;
    return filesystem instanceof PseudoFilesystem ? filesystem.goneError : -ESRCH;
  }

  /** The size that all files of the filesystem claim; 0 when they claim none. */
  get #endSize(): number {
    const { filesystem } = this.inode;
    return filesystem instanceof PseudoFilesystem ? filesystem.fileSize : 0;
  }

  override seek(offset: number, whence: number): number {
    let at = offset;
    if (whence === SEEK_CUR) at += this.position;
    else if (whence === SEEK_END) {
      if (this.entry.traits?.hasEnd !== true && this.#endSize === 0) return -EINVAL;
      at += this.#endSize;
    } else if (whence !== SEEK_SET) return -EINVAL;
    if (at < 0) return -EINVAL;
    this.position = at;
    return at;
  }
}

function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
