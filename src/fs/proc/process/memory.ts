/**
 * /proc/PID/cmdline, environ, auxv and mem: pieces of a process's own memory.
 *  - cmdline follows a process that has overwritten its arguments (setproctitle(3)).
 *  - mem reads and writes whatever is mapped, past the page protections, for those who may trace the
 *    process. It keeps the memory that it was opened on: after an exec it is empty.
 */
import { EFAULT, EINVAL, EIO } from "../../../abi/errno.ts";
import { SEEK_CUR, SEEK_SET } from "../../../abi/fcntl.ts";
import type { Credentials } from "../../../kernel/cred/credentials.ts";
import type { Mm } from "../../../kernel/mm/mm.ts";
import type { UserBuffer } from "../../../kernel/mm/user-buffer.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { File } from "../../../kernel/vfs/file.ts";
import type { Inode } from "../../../kernel/vfs/inode.ts";
import type { Path } from "../../../kernel/vfs/path.ts";
import type { Content } from "../../pseudo/entry.ts";
import type { ProcProcess } from "../subject.ts";

const PAGE = 4096;
const CHUNK = 65536;
/** No argument or environment area is larger than what exec allows. */
const MAX_AREA = 6 << 20;
const NOTHING = new Uint8Array(0);

/** As much of the range as can be read. */
function readRange(mm: Mm, start: number, end: number): Uint8Array {
  const length = Math.min(end - start, MAX_AREA);
  if (length <= 0) return NOTHING;
  const bytes = new Uint8Array(length);
  const n = mm.copyIn(start, bytes, 0, length);
  return n === length ? bytes : bytes.subarray(0, n);
}

export function cmdline({ mm }: ProcProcess): Content {
  if (mm === null) return NOTHING;
  const args = readRange(mm, mm.argStart, mm.argEnd);
  if (args.length === 0 || args[args.length - 1] === 0) return args;
  // The process has written over the end of its arguments: one string, however far it goes.
  const title = readRange(mm, mm.argStart, mm.argStart + PAGE);
  const end = title.indexOf(0);
  return end < 0 ? title : title.subarray(0, end + 1);
}

export function environ({ mm }: ProcProcess): Content {
  return mm === null ? NOTHING : readRange(mm, mm.envStart, mm.envEnd);
}

export function auxv({ mm }: ProcProcess): Content {
  return mm?.auxv ?? NOTHING;
}

export function openMem(
  process: ProcProcess,
  task: Task,
  face: Inode,
  path: Path | null,
  flags: number,
): File | number {
  return new MemFile(process.mm, face, path, flags, task.credentials);
}

class MemFile extends File {
  readonly #mm: Mm | null;

  constructor(
    mm: Mm | null,
    inode: Inode,
    path: Path | null,
    flags: number,
    credentials: Credentials,
  ) {
    super(inode, path, flags, credentials);
    this.#mm = mm;
  }

  override get seekable(): boolean {
    return true;
  }

  override get pollable(): boolean {
    return false;
  }

  override read(task: Task, into: UserBuffer): number {
    const n = this.pread(task, into, this.position);
    if (n > 0) this.position += n;
    return n;
  }

  override write(task: Task, from: UserBuffer): number {
    const n = this.pwrite(task, from, this.position);
    if (n > 0) this.position += n;
    return n;
  }

  override pread(_task: Task, into: UserBuffer, position: number): number {
    const mm = this.#mm;
    if (mm === null || mm.users === 0) return 0;
    const chunk = new Uint8Array(Math.min(CHUNK, into.remaining));
    while (into.remaining > 0) {
      const at = position + into.done;
      const want = mapped(mm, at, Math.min(chunk.length, into.remaining));
      const n = want === 0 ? 0 : mm.space.read(at, chunk, 0, want);
      if (n === 0) return into.done > 0 ? into.done : -EIO;
      const rc = into.put(chunk, 0, n);
      if (rc < n) return into.done > 0 ? into.done : -EFAULT;
    }
    return into.done;
  }

  override pwrite(_task: Task, from: UserBuffer, position: number): number {
    const mm = this.#mm;
    if (mm === null || mm.users === 0) return 0;
    const chunk = new Uint8Array(Math.min(CHUNK, from.remaining));
    let done = 0;
    while (from.remaining > 0) {
      const at = position + done;
      const want = mapped(mm, at, Math.min(chunk.length, from.remaining));
      if (want === 0) return done > 0 ? done : -EIO;
      const n = from.take(chunk, 0, want);
      if (n < 0) return done > 0 ? done : n;
      const wrote = mm.space.write(at, chunk, 0, n);
      done += wrote;
      if (wrote < n) return done > 0 ? done : -EIO;
    }
    return done;
  }

  override seek(offset: number, whence: number): number {
    if (whence !== SEEK_SET && whence !== SEEK_CUR) return -EINVAL;
    const at = whence === SEEK_CUR ? this.position + offset : offset;
    if (at < 0) return -EINVAL;
    this.position = at;
    return at;
  }
}

/** How many bytes from `address` on belong to areas of the process. */
function mapped(mm: Mm, address: number, length: number): number {
  const end = address + length;
  let at = address;
  while (at < end) {
    const area = mm.areas.find(at);
    if (area === null) break;
    at = area.end;
  }
  return Math.min(at, end) - address;
}
