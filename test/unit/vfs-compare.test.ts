/**
 * The same random sequence of calls on the real Linux and on each of our filesystems must give the
 * same results and the same tree. Linux is the judge; a failure prints the calls that led to it.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_WRONLY,
} from "../../src/abi/fcntl.ts";
import { HOST_ROOT, HOST_VOLUME, HostFilesystem } from "../../src/fs/host/filesystem.ts";
import { makeOverlayRoot } from "../../src/fs/overlay/root.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { chmod } from "../../src/syscalls/file/attributes.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { truncate } from "../../src/syscalls/file/extent.ts";
import { linkat, mkdir, rename, rmdir, symlink, unlink } from "../../src/syscalls/file/name.ts";
import { chance } from "./chance.ts";
import { boot, type FakeTask, openHost } from "./fake-task.ts";
import { link, names, open, put, readFile, stat, writeFile } from "./file-calls.ts";

const host = openHost();
const base = fs.mkdtempSync(join(tmpdir(), "compare-"));
after(() => fs.rmSync(base, { recursive: true }));
const CALLS = Number(process.env["CALLS"] ?? 1500);
const SEEDS = (process.env["SEEDS"] ?? "1 2 3").split(" ").map(Number);

/** What a test does to a tree; both sides answer with a number or a string. */
interface Side {
  call(operation: string, a: string, b: string, n: number): number | string;
  settle(): void;
}

class Real implements Side {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  settle(): void {}

  call(operation: string, a: string, b: string, n: number): number | string {
    try {
      return this.#do(operation, join(this.#root, a) + (a.endsWith("/") ? "/" : ""), b, n);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return -(constants.errno as unknown as Record<string, number>)[code!]!;
    }
  }

  #do(operation: string, path: string, b: string, n: number): number | string {
    const other = join(this.#root, b);
    switch (operation) {
      case "write":
        fs.writeFileSync(path, "w".repeat(n));
        return n;
      case "append": {
        const fd = fs.openSync(path, "a");
        fs.writeSync(fd, "a".repeat(n));
        fs.closeSync(fd);
        return n;
      }
      case "exclusive":
        fs.closeSync(fs.openSync(path, "wx"));
        return 0;
      case "mkdir":
        fs.mkdirSync(path);
        return 0;
      case "rmdir":
        fs.rmdirSync(path);
        return 0;
      case "unlink":
        fs.unlinkSync(path);
        return 0;
      case "rename":
        fs.renameSync(path, other);
        return 0;
      case "link":
        fs.linkSync(path, other);
        return 0;
      case "symlink":
        fs.symlinkSync(b.slice(1), path);
        return 0;
      case "readlink":
        return fs.readlinkSync(path);
      case "chmod":
        fs.chmodSync(path, 0o600 | (n & 0o177));
        return 0;
      case "truncate":
        fs.truncateSync(path, n);
        return 0;
      case "read":
        return fs.readFileSync(path, "latin1");
      case "list":
        return fs.readdirSync(path).sort().join(",");
      default: {
        const s = operation === "stat" ? fs.statSync(path) : fs.lstatSync(path);
        return s.isDirectory()
          ? `dir ${s.mode}`
          : `${s.mode} ${s.nlink} ${s.isSymbolicLink() ? 0 : s.size}`;
      }
    }
  }
}

class Ours implements Side {
  readonly #task: FakeTask;

  constructor(task: FakeTask) {
    this.#task = task;
  }

  settle(): void {
    this.#task.kernel.vfs.dentries.shrink();
  }

  call(operation: string, a: string, b: string, n: number): number | string {
    const task = this.#task;
    switch (operation) {
      case "write":
        return writeFile(task, a, "w".repeat(n), 0o666);
      case "append": {
        const fd = open(task, a, O_WRONLY | O_CREAT | O_APPEND, 0o666);
        if (fd < 0) return fd;
        put(task, fd, "a".repeat(n));
        task.sys(close, fd);
        return n;
      }
      case "exclusive": {
        const fd = open(task, a, O_WRONLY | O_CREAT | O_EXCL, 0o666);
        return fd < 0 ? fd : task.sys(close, fd);
      }
      case "mkdir":
        return task.sys(mkdir, a, 0o777);
      case "rmdir":
        return task.sys(rmdir, a);
      case "unlink":
        return task.sys(unlink, a);
      case "rename":
        return task.sys(rename, a, b);
      case "link":
        return task.sys(linkat, AT_FDCWD, a, AT_FDCWD, b, 0);
      case "symlink":
        return task.sys(symlink, b.slice(1), a);
      case "readlink":
        return link(task, a);
      case "chmod":
        return task.sys(chmod, a, 0o600 | (n & 0o177));
      case "truncate":
        return task.sys(truncate, a, n);
      case "read":
        return readFileOrError(task, a);
      case "list": {
        const list = names(task, a);
        return typeof list === "number" ? list : list.join(",");
      }
      default: {
        const s = stat(task, a, operation === "stat" ? 0 : AT_SYMLINK_NOFOLLOW);
        if (s.error < 0) return s.error;
        const type = s.mode & 0o170000;
        return type === 0o040000
          ? `dir ${s.mode}`
          : `${s.mode} ${s.nlink} ${type === 0o120000 ? 0 : s.size}`;
      }
    }
  }
}

function readFileOrError(task: FakeTask, path: string): string | number {
  return stat(task, path).error === 0 && (stat(task, path).mode & 0o170000) === 0o040000
    ? -21
    : readFile(task, path);
}

const OPERATIONS = [
  "write",
  "write",
  "append",
  "exclusive",
  "mkdir",
  "mkdir",
  "rmdir",
  "unlink",
  "rename",
  "rename",
  "rename",
  "link",
  "symlink",
  "readlink",
  "chmod",
  "truncate",
  "read",
  "read",
  "list",
  "list",
  "stat",
  "lstat",
  "lstat",
];
const WORDS = ["a", "b", "c", "d"];

function compare(real: Side, ours: Side, seed: number): void {
  const below = chance(seed);
  const path = () => {
    let text = "";
    for (let depth = 1 + below(3); depth > 0; depth--) text += `/${WORDS[below(WORDS.length)]}`;
    return below(20) === 0 ? `${text}/` : text;
  };
  const log: string[] = [];
  for (let i = 0; i < CALLS; i++) {
    const operation = OPERATIONS[below(OPERATIONS.length)]!;
    const [a, b, n] = [path(), path(), below(10) === 0 ? 70000 : below(50)];
    if (below(15) === 0) ours.settle();
    log.push(`${operation} ${a} ${b} ${n}`);
    const expected = real.call(operation, a, b.replace(/\/$/, ""), n);
    const found = ours.call(operation, a, b.replace(/\/$/, ""), n);
    assert.equal(found, expected, `seed ${seed}, call ${i}:\n${log.slice(-25).join("\n")}`);
  }
}

/** What is there before the calls begin; the overlay has it below. */
function plant(root: string): void {
  for (const d of ["a", "a/a", "a/b", "b", "b/c", "c"]) fs.mkdirSync(join(root, d));
  for (const f of ["a/c", "a/a/a", "a/a/b", "b/a", "b/c/d", "d"])
    fs.writeFileSync(join(root, f), `lower ${f}`);
  fs.linkSync(join(root, "d"), join(root, "c/a"));
  fs.linkSync(join(root, "d"), join(root, "b/d"));
  fs.symlinkSync("a", join(root, "a/d"));
  fs.symlinkSync("b/c", join(root, "c/d"));
}

let count = 0;

function directory(planted: boolean): string {
  const path = join(base, String(++count));
  fs.mkdirSync(path);
  if (planted) plant(path);
  return path;
}

for (const seed of SEEDS) {
  test(`tmpfs behaves as Linux, seed ${seed}`, () => {
    const task = boot((kernel) => new Tmpfs(kernel.vfs, host));
    compare(new Real(directory(false)), new Ours(task), seed);
  });

  test(`overlay behaves as Linux, seed ${seed}`, () => {
    const lower = directory(true);
    const task = boot((kernel) => {
      const below = HostFilesystem.open(kernel.vfs, host, lower, { ...HOST_ROOT, descriptors: 8 });
      assert.ok(typeof below !== "number");
      return makeOverlayRoot(kernel.vfs, host, [below.root]);
    });
    compare(new Real(directory(true)), new Ours(task), seed);
  });

  test(`a host volume behaves as Linux, seed ${seed}`, () => {
    const ours = directory(true);
    const task = boot((kernel) => {
      const volume = HostFilesystem.open(kernel.vfs, host, ours, {
        ...HOST_VOLUME,
        descriptors: 8,
      });
      assert.ok(typeof volume !== "number");
      return volume;
    });
    compare(new Real(directory(true)), new Ours(task), seed);
  });
}
