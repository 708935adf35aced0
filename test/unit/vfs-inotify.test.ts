/** inotify: what watchers hear of files, directories, renames and removals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EAGAIN, EINVAL } from "../../src/abi/errno.ts";
import { O_CREAT, O_WRONLY } from "../../src/abi/fcntl.ts";
import {
  IN_ALL_EVENTS,
  IN_CREATE,
  IN_DELETE,
  IN_MODIFY,
  IN_MOVE,
  IN_MOVED_FROM,
  IN_NONBLOCK,
  inotifyEvents,
} from "../../src/abi/inotify.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import {
  inotify_add_watch,
  inotify_init1,
  inotify_rm_watch,
} from "../../src/syscalls/file/inotify.ts";
import { read } from "../../src/syscalls/file/io.ts";
import { mkdir, rename, unlink } from "../../src/syscalls/file/name.ts";
import { boot, type FakeTask, openHost, SCRATCH } from "./fake-task.ts";
import { open, put, writeFile } from "./file-calls.ts";

const host = openHost();

/** "mask name" of everything queued. */
function events(task: FakeTask, fd: number): string[] {
  const found: string[] = [];
  const n = task.sys(read, fd, SCRATCH, 65536);
  if (n < 0) return [String(n)];
  const view = new DataView(task.mm.u8.buffer);
  for (let at = SCRATCH; at < SCRATCH + n; ) {
    const length = view.getUint32(at + 12, true);
    const end = task.mm.u8.indexOf(0, at + 16);
    const name =
      length === 0 ? "" : Buffer.from(task.mm.u8.subarray(at + 16, end)).toString("latin1");
    found.push(`${inotifyEvents.show(view.getUint32(at + 4, true))} ${name}`.trim());
    at += 16 + length;
  }
  return found;
}

function watching(mask = IN_ALL_EVENTS): [FakeTask, number, number] {
  const task = boot((kernel) => new Tmpfs(kernel.vfs, host));
  task.sys(mkdir, "/d", 0o755);
  const fd = task.sys(inotify_init1, IN_NONBLOCK);
  return [task, fd, task.sys(inotify_add_watch, fd, "/d", mask)];
}

test("inotify: a file's life in a watched directory", () => {
  const [task, fd] = watching();
  const file = open(task, "/d/f", O_CREAT | O_WRONLY);
  put(task, file, "x");
  task.sys(close, file);
  task.sys(unlink, "/d/f");
  assert.deepEqual(events(task, fd), [
    "IN_CREATE f",
    "IN_OPEN f",
    "IN_MODIFY f",
    "IN_CLOSE_WRITE f",
    "IN_DELETE f",
  ]);
  assert.deepEqual(events(task, fd), [String(-EAGAIN)]);
});

test("inotify: renames come in pairs with one cookie", () => {
  const [task, fd] = watching(IN_MOVE | IN_CREATE | IN_DELETE);
  writeFile(task, "/d/a", "");
  task.sys(rename, "/d/a", "/d/b");
  const n = task.sys(read, fd, SCRATCH, 65536);
  assert.equal(n, 96);
  const view = new DataView(task.mm.u8.buffer, SCRATCH, n);
  assert.equal(view.getUint32(36, true), IN_MOVED_FROM);
  assert.equal(view.getUint32(40, true), view.getUint32(72, true));
});

test("inotify: removing a watched file ends its watch", () => {
  const [task, fd] = watching(IN_MODIFY);
  writeFile(task, "/f", "");
  task.sys(inotify_add_watch, fd, "/f", IN_ALL_EVENTS);
  task.sys(unlink, "/f");
  assert.deepEqual(events(task, fd), ["IN_ATTRIB", "IN_DELETE_SELF", "IN_IGNORED"]);
  assert.equal(task.kernel.vfs.markCount, 1);
});

test("inotify: removal of a watch, small buffers, close", () => {
  const [task, fd, wd] = watching();
  writeFile(task, "/d/f", "");
  assert.equal(task.sys(read, fd, SCRATCH, 16), -EINVAL);
  assert.equal(task.sys(inotify_rm_watch, fd, wd), 0);
  assert.equal(task.sys(inotify_rm_watch, fd, wd), -EINVAL);
  assert.equal(events(task, fd).at(-1), "IN_IGNORED");
  task.sys(inotify_add_watch, fd, "/d", IN_ALL_EVENTS);
  task.sys(close, fd);
  assert.equal(task.kernel.vfs.markCount, 0);
});
