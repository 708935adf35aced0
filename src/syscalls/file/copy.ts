/**
 * sendfile and copy_file_range: bytes from file to file inside the kernel.
 * Source: sendfile(2), copy_file_range(2). sendfile may wait for its output: what was moved, and the
 * piece under way, are in the restart record.
 */
import { EBADF, EFAULT, EINVAL, EISDIR, EOVERFLOW, ESPIPE } from "../../abi/errno.ts";
import { O_APPEND } from "../../abi/fcntl.ts";
import { IN_ACCESS, IN_MODIFY } from "../../abi/inotify.ts";
import { refuse } from "../../base/refuse.ts";
import { kernelBuffer } from "../../kernel/files/kernel-memory.ts";
import { MAX_RW_COUNT } from "../../kernel/mm/user-buffer.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { removePrivileges } from "../../kernel/vfs/attributes.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { notifyFile } from "../../kernel/vfs/inotify.ts";
import { privilegeBits } from "../../kernel/vfs/permission.ts";
import { allowedLength } from "../../kernel/vfs/regular-file.ts";

const CHUNK = 65536;
const COPY_CHUNK = 262144;

/** Bytes that a parked sendfile has moved already. */
interface Sent {
  readonly moved: number;
}

export function sendfile(
  task: Task,
  outFd: number,
  inFd: number,
  offsetAt: number,
  count: number,
): number {
  const input = task.files.get(inFd);
  const output = task.files.get(outFd);
  if (input === null || !input.readable || output === null || !output.writable) return -EBADF;
  if (!input.seekable && offsetAt !== 0) return -ESPIPE;
  if ((output.flags & O_APPEND) !== 0 || input.inode.isDirectory)
    return refuse(EINVAL, "sendfile: output is O_APPEND, or input a directory");
  let position = input.position;
  if (offsetAt !== 0) {
    position = task.mm.readI64(offsetAt);
    if (Number.isNaN(position)) return -EFAULT;
    if (position < 0) return refuse(EINVAL, "sendfile: negative offset");
  }
  let moved = ((task.restart?.note ?? null) as Sent | null)?.moved ?? 0;
  const block = task.kernel.blocks.take(CHUNK);
  const most = Math.min(count, MAX_RW_COUNT);
  const rc = send(task, input, output, position, moved, most, block.bytes);
  block.unref();
  if (rc === PARKED) return PARKED;
  moved = rc < 0 ? (((task.restart?.note ?? null) as Sent | null)?.moved ?? 0) : rc;
  if (moved === 0) return rc;
  if (offsetAt === 0) input.position = position + moved;
  else if (task.mm.writeU64(offsetAt, position + moved) < 0) return -EFAULT;
  if (task.kernel.vfs.markCount > 0) {
    notifyFile(input, IN_ACCESS);
    notifyFile(output, IN_MODIFY);
  }
  return moved;
}

/** Send pieces from `moved` on; the total moved, PARKED, or -errno with the total in the record. */
function send(
  task: Task,
  input: File,
  output: File,
  position: number,
  already: number,
  count: number,
  bytes: Uint8Array,
): number {
  let moved = already;
  while (moved < count) {
    const most = Math.min(bytes.length, count - moved);
    const n = input.seekable
      ? input.pread(task, kernelBuffer(bytes, most), position + moved)
      : refuse(EINVAL, "sendfile: input cannot be read at positions");
    if (n <= 0) return moved > 0 ? moved : n;
    const w = output.write(task, kernelBuffer(bytes, n));
    if (w < 0) {
      if (moved > 0) task.record.note = { moved } satisfies Sent;
      return w;
    }
    moved += w;
    if (task.restart !== null) task.restart.progress = 0;
    if (w < n) break;
  }
  return moved;
}

export function copy_file_range(
  task: Task,
  inFd: number,
  inAt: number,
  outFd: number,
  outAt: number,
  length: number,
  flags: number,
): number {
  if (flags !== 0) return refuse(EINVAL, "copy_file_range: flags must be 0");
  const input = task.files.get(inFd);
  const output = task.files.get(outFd);
  if (input === null || output === null) return -EBADF;
  const from = inAt === 0 ? input.position : task.mm.readI64(inAt);
  const to = outAt === 0 ? output.position : task.mm.readI64(outAt);
  if (Number.isNaN(from) || Number.isNaN(to)) return -EFAULT;
  const refusal = checkCopy(input, output, from, to, length);
  if (refusal < 0) return refusal;
  const count = Math.min(length, MAX_RW_COUNT);
  if (count === 0) return 0;
  const allowed = allowedLength(task, to, count);
  if (allowed < 0) return allowed;
  const kill = privilegeBits(task.credentials, output.inode, output.mountIds);
  if (kill !== 0) removePrivileges(task, output.inode, kill);
  const n = copyBytes(input, output, from, to, allowed);
  if (n <= 0) return n;
  if (inAt === 0) input.position = from + n;
  else if (task.mm.writeU64(inAt, from + n) < 0) return -EFAULT;
  if (outAt === 0) output.position = to + n;
  else if (task.mm.writeU64(outAt, to + n) < 0) return -EFAULT;
  if (task.kernel.vfs.markCount > 0) notifyFile(output, IN_MODIFY);
  return n;
}

function checkCopy(input: File, output: File, from: number, to: number, length: number): number {
  if (input.inode.isDirectory || output.inode.isDirectory) return -EISDIR;
  if (!input.inode.isRegular || !output.inode.isRegular)
    return refuse(EINVAL, "copy_file_range: both must be regular files");
  if (!input.readable || !output.writable || (output.flags & O_APPEND) !== 0) return -EBADF;
  if (from < 0 || to < 0) return refuse(EINVAL, "copy_file_range: negative offset");
  if (from + length > 2 ** 63 || to + length > 2 ** 63) return -EOVERFLOW;
  const overlaps = from < to + length && to < from + length;
  if (input.inode === output.inode && overlaps)
    return refuse(EINVAL, "copy_file_range: ranges overlap");
  return 0;
}

function copyBytes(input: File, output: File, from: number, to: number, count: number): number {
  const bytes = new Uint8Array(Math.min(count, COPY_CHUNK));
  let done = 0;
  while (done < count) {
    const piece = bytes.subarray(0, Math.min(bytes.length, count - done));
    const n = input.readKernel(piece, from + done);
    if (n <= 0) return done > 0 ? done : n;
    const w = output.writeKernel(piece.subarray(0, n), to + done);
    if (w < 0) return done > 0 ? done : w;
    done += w;
    if (w < n) break;
  }
  return done;
}
