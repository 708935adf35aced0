/**
 * file-calls: system calls on files for tests, with the results that a test wants to compare: bytes,
 * names, a few attributes; negative numbers are errors.
 */
import {
  AT_FDCWD,
  O_CREAT,
  O_DIRECTORY,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
} from "../../src/abi/fcntl.ts";
import { stat as statStruct } from "../../src/abi/stat.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { getdents64 } from "../../src/syscalls/file/directory.ts";
import { read, write } from "../../src/syscalls/file/io.ts";
import { readlink } from "../../src/syscalls/file/name.ts";
import { openat } from "../../src/syscalls/file/open.ts";
import { newfstatat } from "../../src/syscalls/file/stat.ts";
import { type FakeTask, SCRATCH } from "./fake-task.ts";

export function open(task: FakeTask, path: string, flags = O_RDONLY, mode = 0o644): number {
  return task.sys(openat, AT_FDCWD, path, flags, mode);
}

export function writeFile(task: FakeTask, path: string, text: string, mode = 0o644): number {
  const fd = open(task, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
  if (fd < 0) return fd;
  const n = put(task, fd, text);
  task.sys(close, fd);
  return n;
}

export function put(task: FakeTask, fd: number, text: string): number {
  return task.sys(write, fd, task.put(text), text.length);
}

export function take(task: FakeTask, fd: number, count = 65536): string | number {
  const n = task.sys(read, fd, SCRATCH, count);
  return n < 0 ? n : Buffer.from(task.mm.u8.subarray(SCRATCH, SCRATCH + n)).toString("latin1");
}

export function readFile(task: FakeTask, path: string): string | number {
  const fd = open(task, path);
  if (fd < 0) return fd;
  let text = "";
  for (;;) {
    const part = take(task, fd);
    if (typeof part === "number" || part === "") break;
    text += part;
  }
  task.sys(close, fd);
  return text;
}

export function stat(task: FakeTask, path: string, flags = 0) {
  const rc = task.sys(newfstatat, AT_FDCWD, path, SCRATCH, flags);
  if (rc < 0)
    return {
      error: rc,
      ino: 0,
      mode: 0,
      nlink: 0,
      size: 0,
      uid: 0,
      gid: 0,
      blocks: 0,
      dev: 0,
      mtime: 0,
    };
  const s = statStruct.read(new DataView(task.mm.u8.buffer), SCRATCH);
  return {
    error: 0,
    ino: s.st_ino,
    mode: s.st_mode,
    nlink: s.st_nlink,
    size: s.st_size,
    uid: s.st_uid,
    gid: s.st_gid,
    blocks: s.st_blocks,
    dev: s.st_dev,
    mtime: s.st_mtime,
  };
}

export function link(task: FakeTask, path: string): string | number {
  const n = task.sys(readlink, path, SCRATCH, 4096);
  return n < 0 ? n : Buffer.from(task.mm.u8.subarray(SCRATCH, SCRATCH + n)).toString("latin1");
}

/** Names in a directory, sorted, without . and ..; by reads of `room` bytes. */
export function names(task: FakeTask, path: string, room = 32768): string[] | number {
  const fd = open(task, path, O_DIRECTORY);
  if (fd < 0) return fd;
  const found = entries(task, fd, room).map((entry) => entry.name);
  task.sys(close, fd);
  return found.filter((name) => name !== "." && name !== "..").sort();
}

export function entries(
  task: FakeTask,
  fd: number,
  room = 32768,
): { name: string; ino: number; type: number }[] {
  const found: { name: string; ino: number; type: number }[] = [];
  for (;;) {
    const n = task.sys(getdents64, fd, SCRATCH, room);
    if (n <= 0) return found;
    for (let at = SCRATCH; at < SCRATCH + n; ) {
      const length = task.mm.u8[at + 16]! | (task.mm.u8[at + 17]! << 8);
      const end = task.mm.u8.indexOf(0, at + 19);
      found.push({
        name: Buffer.from(task.mm.u8.subarray(at + 19, end)).toString("latin1"),
        ino: task.mm.readU64(at),
        type: task.mm.u8[at + 18]!,
      });
      at += length;
    }
  }
}
