/**
 * The memory shared with stubs, stated twice: native/stub/layout.h and src/platform/stub/layout.ts.
 * A C program prints what the compiler makes of the header. And the stub's blob: it has no data, fits
 * its window, and has exactly the system call instructions that its source writes down.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  ANSWER,
  ANSWERED,
  BATCH_CALL,
  BATCH_CALLS,
  BATCH_OFFSET,
  BATCH_RECEIVE,
  BATCH_RECEIVED,
  BOUNCE_AT,
  BOUNCE_COUNT,
  BOUNCE_SIZE,
  CHUNK,
  COMMAND,
  GUEST_END,
  HINT,
  HINT_CALLS,
  HINT_KIND,
  HINTS,
  KERNEL_PAGE_SIZE,
  MOST_COPIED_IN,
  PAGE,
  REASON,
  RESUME_REGS,
  SIG_INTERRUPT,
  SLOT,
  SLOT_COUNT,
  SLOT_WINDOW,
  SLOTS_SIZE,
  SPAN,
  SPANS_IN,
  SPANS_OUT,
  STUB_BASE,
  STUB_SLOTS,
  STUB_STACKS,
  WAIT,
  WAIT_SPACES,
} from "../../src/platform/stub/layout.ts";

const STUB = join(import.meta.dirname, "../../native/stub");
const WARDEN = join(import.meta.dirname, "../../native/build/tvisor-warden");

/** camelCase here is snake_case there. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** C expressions by the name of what they must equal. */
function expectations(): Map<string, [expression: string, value: number]> {
  const found = new Map<string, [string, number]>();
  const numbers = {
    STUB_BASE,
    STUB_SLOTS,
    STUB_STACKS,
    GUEST_END,
    CHUNK,
    SLOT_COUNT,
    SLOTS_SIZE,
    BOUNCE_SIZE,
    BOUNCE_COUNT,
    BOUNCE_AT,
    SIG_INTERRUPT,
    RESUME_REGS,
    WAIT_SPACES,
    KERNEL_PAGE_SIZE,
    BATCH_OFFSET,
    BATCH_CALLS,
    BATCH_RECEIVE,
    BATCH_RECEIVED,
    HINT_CALLS,
    HINTS,
    SLOT_WINDOW,
    MOST_COPIED_IN,
    SPANS_IN,
    SPANS_OUT,
    ANSWERS: ANSWERED.length,
  };
  for (const [name, value] of Object.entries(numbers)) found.set(name, [name, value]);
  for (const [index, nr] of ANSWERED.entries())
    found.set(`answer of ${nr}`, [`ANSWER_OF(${nr})`, index]);
  for (const [struct, fields] of Object.entries({
    kernel_page: PAGE,
    slot: SLOT,
    wait_block: WAIT,
    hint: HINT,
    span: SPAN,
    answer: ANSWER,
    batch_call: BATCH_CALL,
  }))
    for (const [field, offset] of Object.entries(fields))
      found.set(`${struct}.${field}`, [
        field === "size"
          ? `sizeof(struct ${struct})`
          : `offsetof(struct ${struct}, ${snake(field)})`,
        offset,
      ]);
  for (const [table, names] of Object.entries({ REASON, COMMAND, HINT: HINT_KIND }))
    for (const [name, value] of Object.entries(names))
      found.set(`${table}.${name}`, [`${table}_${name.toUpperCase()}`, value]);
  return found;
}

function compileAndPrint(lines: string[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), "tvisor-layout-"));
  try {
    const program = join(directory, "print");
    const source = `#include <stdio.h>\n#include "layout.h"\nint main(void) {\n${lines.join("\n")}\nreturn 0;\n}\n`;
    writeFileSync(`${program}.c`, source);
    execFileSync("cc", [
      "-std=gnu11",
      "-Wall",
      "-Werror",
      "-I",
      STUB,
      `${program}.c`,
      "-o",
      program,
    ]);
    return execFileSync(program, { encoding: "latin1" }).trimEnd().split("\n");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("stub layout: every offset and number is what the C compiler makes of layout.h", () => {
  const wanted = expectations();
  const lines = compileAndPrint(
    [...wanted.values()].map(([c]) => `printf("%lld\\n", (long long)(${c}));`),
  );
  const said = Object.fromEntries([...wanted.keys()].map((name, i) => [name, Number(lines[i])]));
  const stated = Object.fromEntries([...wanted].map(([name, [, value]]) => [name, value]));
  assert.deepEqual(said, stated);
});

test("stub layout: every reason and command of layout.h has its name in layout.ts", () => {
  const header = readFileSync(join(STUB, "layout.h"), "latin1");
  for (const [table, names] of Object.entries({ REASON, COMMAND })) {
    const defined = [...header.matchAll(new RegExp(`#define ${table}_(\\w+)`, "g"))];
    const written = defined.map((match) => match[1].toLowerCase());
    assert.deepEqual(written.sort(), Object.keys(names).sort());
  }
});

/** The stub as build.sh makes it, and what the linker says of its sections. */
function buildStub(): { blob: Buffer; sections: string; disassembly: string } {
  const directory = mkdtempSync(join(tmpdir(), "tvisor-stub-"));
  try {
    const script = join(import.meta.dirname, "../../native/build.sh");
    execFileSync("sh", [script, "stub", directory]);
    const elf = join(directory, "stub.elf");
    return {
      blob: readFileSync(join(directory, "stub.bin")),
      sections: execFileSync("objdump", ["-h", elf], { encoding: "latin1" }),
      disassembly: execFileSync("objdump", ["-d", "-j", ".blob", elf], { encoding: "latin1" }),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What the stub asks for: its host3 and host6 calls, inlined once each, and its own assembly. */
function writtenSyscalls(): number {
  const source = ["stub.c", "call.h"]
    .map((name) => readFileSync(join(STUB, name), "latin1"))
    .join();
  const calls = source.match(/\bhost[36]\((?!long nr|nr,)/g) ?? [];
  const assembly = source.match(/"(?:mov [^"]*)?syscall\\n/g) ?? [];
  return calls.length + assembly.length;
}

test("stub blob: only read-only code, within its 64 KiB, entered where its head says", () => {
  const { blob, sections } = buildStub();
  assert.ok(blob.length <= 0x10000, `the stub has ${blob.length} bytes`);
  const named = [...sections.matchAll(/^\s+\d+ (\S+)\s+([0-9a-f]+)/gm)];
  const loaded = named.filter((match) => !match[1].startsWith(".note") && match[1] !== ".comment");
  assert.deepEqual(
    loaded.filter((match) => match[1] !== ".blob" && Number.parseInt(match[2], 16) > 0),
    [],
  );
  for (let i = 0; i < 3; i++) {
    const entry = Number(blob.readBigUInt64LE(8 * i));
    assert.ok(entry >= STUB_BASE + 24 && entry < STUB_BASE + blob.length);
  }
  assert.ok(readFileSync(WARDEN).includes(blob), "the warden carries another stub: build it again");
});

test("stub blob: the system call instructions are exactly those that its source has", () => {
  const { blob, disassembly } = buildStub();
  const written = writtenSyscalls();
  const seen = [...disassembly.matchAll(/^\s+[0-9a-f]+:.*\bsyscall\s*$/gm)].length;
  assert.equal(seen, written);
  // None hides in the middle of another instruction, nor the older ways into the host.
  const count = (a: number, b: number) => {
    let n = 0;
    for (let i = 0; i + 1 < blob.length; i++) if (blob[i] === a && blob[i + 1] === b) n++;
    return n;
  };
  assert.equal(count(0x0f, 0x05), written);
  assert.equal(count(0x0f, 0x34), 0, "sysenter");
  assert.equal(count(0xcd, 0x80), 0, "int 0x80");
});
