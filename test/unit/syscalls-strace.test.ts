/** Calls as lines of text, in the manner of strace(1). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EINVAL, ENOENT, ERESTARTSYS } from "../../src/abi/errno.ts";
import { AT_FDCWD, O_CLOEXEC, O_EXCL } from "../../src/abi/fcntl.ts";
import { timespec } from "../../src/abi/time.ts";
import type { Row } from "../../src/syscalls/row.ts";
import { formatCall, formatUnknown, type GuestReader } from "../../src/syscalls/strace.ts";
import { rows } from "../../src/syscalls/table.ts";

const memory = new Uint8Array(4096);
const view = new DataView(memory.buffer);

/** Addresses 1 to 4095 can be read; nothing else can. */
const reader: GuestReader = {
  read: (addr, length) =>
    addr > 0 && addr + length <= memory.length ? memory.slice(addr, addr + length) : null,
  cstring: (addr, max) => {
    if (addr <= 0 || addr >= memory.length) return null;
    const bytes = memory.subarray(addr, addr + max);
    const end = bytes.indexOf(0);
    return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
  },
};

function call(name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  assert.ok(row);
  return row;
}

function put(at: number, text: string): number {
  for (let index = 0; index < text.length; index++) memory[at + index] = text.charCodeAt(index);
  memory[at + text.length] = 0;
  return at;
}

test("strace: openat prints directory, path and flags", () => {
  const path = put(64, "/etc/passwd");
  assert.equal(
    formatCall(call("openat"), [AT_FDCWD, path, O_CLOEXEC, 0, 0, 0], 3, reader),
    'openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC, 000) = 3',
  );
});

test("strace: an error prints its name, sentence and reason", () => {
  assert.equal(
    formatCall(call("pipe2"), [64, O_EXCL], -EINVAL, reader, {
      reason: "pipe2: unknown flag bits",
    }),
    "pipe2(0x40, O_RDONLY|O_EXCL) = -1 EINVAL (Invalid argument; pipe2: unknown flag bits)",
  );
  assert.equal(
    formatCall(call("chdir"), [put(64, "/x")], -ENOENT, reader),
    'chdir("/x") = -1 ENOENT (No such file or directory)',
  );
});

test("strace: a restart code is not an answer", () => {
  assert.equal(
    formatCall(call("pause"), [], -ERESTARTSYS, reader),
    "pause() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
  );
});

test("strace: strings are escaped and cut", () => {
  const at = put(64, 'tab\t quote" nul\x01' + "7 bell\x07 end");
  assert.equal(
    formatCall(call("write"), [1, at, 27, 0, 0, 0], 27, reader),
    String.raw`write(1, "tab\t quote\" nul\0017 bell\7 end", 27) = 27`,
  );
  put(64, "x".repeat(40));
  assert.equal(
    formatCall(call("write"), [1, 64, 40], 40, reader, { stringLimit: 5 }),
    'write(1, "xxxxx"..., 40) = 40',
  );
});

test("strace: a result buffer is printed when it was written, and only so far", () => {
  put(64, "hello, world");
  const row = call("read");
  assert.equal(formatCall(row, [0, 64, 100], 5, reader), 'read(0, "hello", 100) = 5');
  assert.equal(formatCall(row, [0, 64, 100], null, reader), "read(0, 0x40, 100) = ?");
});

test("strace: pointers that cannot be read are printed as they are", () => {
  assert.equal(
    formatCall(call("chdir"), [0xdead0000], -14, reader),
    "chdir(0xdead0000) = -1 EFAULT (Bad address)",
  );
  assert.equal(
    formatCall(call("mmap"), [0, 4096, 3, 0x22, -1, 0], 0x7f0000000000, reader),
    "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000",
  );
});

test("strace: structs, vectors and signal sets", () => {
  timespec.write(view, 128, { tv_sec: 1, tv_nsec: 500 });
  assert.equal(
    formatCall(call("nanosleep"), [128, 0], 0, reader),
    "nanosleep({tv_sec=1, tv_nsec=500}, NULL) = 0",
  );
  put(64, "abcdef");
  view.setUint32(128, 64, true);
  view.setUint32(132, 0, true);
  view.setUint32(136, 3, true);
  view.setUint32(140, 0, true);
  assert.equal(
    formatCall(call("writev"), [1, 128, 1], 3, reader),
    'writev(1, [{iov_base="abc", iov_len=3}], 1) = 3',
  );
  view.setUint32(128, 0b10_0000_0010, true);
  view.setUint32(132, 0, true);
  assert.equal(
    formatCall(call("rt_sigprocmask"), [0, 128, 0, 8], 0, reader),
    "rt_sigprocmask(SIG_BLOCK, [INT USR1], NULL, 8) = 0",
  );
});

test("strace: socket addresses", () => {
  memory.set([2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 128);
  assert.equal(
    formatCall(call("connect"), [3, 128, 16], 0, reader),
    "connect(3, {sa_family=AF_INET, sin_port=8080, sin_addr=127.0.0.1}, 16) = 0",
  );
  memory.set([1, 0, 0, 97, 98], 128);
  assert.equal(
    formatCall(call("bind"), [3, 128, 5], 0, reader),
    'bind(3, {sa_family=AF_UNIX, sun_path=@"ab"}, 5) = 0',
  );
});

test("strace: a number without a row", () => {
  assert.equal(
    formatUnknown(999, [1, 255, 0, 0, 0, 0], -38),
    "syscall_999(0x1, 0xff, 0x0, 0x0, 0x0, 0x0) = -1 ENOSYS (Function not implemented)",
  );
});

test("strace: every row prints with wild arguments", () => {
  for (const row of rows) {
    for (const wild of [0, 1, -1, 2 ** 64, 4095]) {
      const args = row.args.map(() => wild);
      for (const result of [0, -EINVAL, null, 2 ** 40]) {
        assert.ok(formatCall(row, args, result, reader).startsWith(`${row.name}(`));
      }
    }
  }
});
