/**
 * filter: the lock-down tables as a seccomp program (classic BPF, seccomp(2)). Numbers are found by
 * bisection, so that a row costs about seven comparisons; the host caches rows without a rule and
 * skips the program for them. What no row allows is a violation: RET_TRAP, told by the gateway.
 */
import { calls, type HostCall } from "./calls.ts";
import { engineCalls } from "./engine-calls.ts";
import type { Check, Setup } from "./rule.ts";

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP = 0x05; // BPF_JMP | BPF_JA
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const TRAP = 0x00030000;
const ERRNO = 0x00050000;
const AUDIT_ARCH_X86_64 = 0xc000003e;
const AT_NR = 0;
const AT_ARCH = 4;
const AT_ARGUMENTS = 16;

/** One instruction: code, jump if true, jump if false, operand. */
type Instruction = [code: number, jt: number, jf: number, k: number];

/** The rows of both tables; the kernel's own come first where both have one. */
export function allRows(): HostCall[] {
  const byNumber = new Map<number, HostCall>();
  for (const row of [...Object.values(calls), ...engineCalls])
    if (!byNumber.has(row.nr)) byNumber.set(row.nr, row);
  return [...byNumber.values()].sort((a, b) => a.nr - b.nr);
}

export function buildFilter(setup: Setup): Instruction[] {
  return [
    [LOAD, 0, 0, AT_ARCH],
    [JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH_X86_64],
    [RETURN, 0, 0, TRAP],
    [LOAD, 0, 0, AT_NR],
    ...bisect(allRows(), setup),
  ];
}

function bisect(rows: HostCall[], setup: Setup): Instruction[] {
  if (rows.length === 0) return [[RETURN, 0, 0, TRAP]];
  if (rows.length === 1) {
    const [row] = rows;
    return [[JUMP_IF_EQUAL, 1, 0, row.nr], [RETURN, 0, 0, TRAP], ...body(row, setup)];
  }
  const middle = rows.length >> 1;
  const below = bisect(rows.slice(0, middle), setup);
  // Conditional jumps reach 255 instructions only.
  return [
    [JUMP_IF_AT_LEAST, 0, 1, rows[middle].nr],
    [JUMP, 0, 0, below.length],
    ...below,
    ...bisect(rows.slice(middle), setup),
  ];
}

/** What happens once the number is this row's. */
function body(row: HostCall, setup: Setup): Instruction[] {
  const { rule } = row;
  if (rule === undefined) return [[RETURN, 0, 0, ALLOW]];
  const has = rule.needs === undefined || setup[rule.needs];
  const alternatives = has ? rule.allow : (rule.otherwise ?? []);
  if (alternatives === undefined) return [[RETURN, 0, 0, ALLOW]];
  const refused = rule.refusal === undefined ? TRAP : ERRNO | rule.refusal;
  return [...alternatives.flatMap((checks) => alternative(checks, setup)), [RETURN, 0, 0, refused]];
}

/** Allow if all checks hold, else fall through to what comes next. */
function alternative(checks: readonly Check[], setup: Setup): Instruction[] {
  let code: Instruction[] = [[RETURN, 0, 0, ALLOW]];
  for (const check of [...checks].reverse())
    code = [...comparison(check, setup, code.length), ...code];
  return code;
}

/** Go on if it holds, else skip the `rest` instructions after it. Upper halves: ints have none. */
function comparison(check: Check, setup: Setup, rest: number): Instruction[] {
  const load: Instruction = [LOAD, 0, 0, AT_ARGUMENTS + 8 * check.arg];
  if ("without" in check) return [load, [JUMP_IF_ANY_BIT, rest, 0, check.without >>> 0]];
  const value = typeof check.equal === "number" ? check.equal : setup[check.equal];
  const low: Instruction[] = [load, [JUMP_IF_EQUAL, 0, rest, value >>> 0]];
  if (value < 0 || typeof check.equal === "string") return low;
  const upper: Instruction = [LOAD, 0, 0, AT_ARGUMENTS + 8 * check.arg + 4];
  return [upper, [JUMP_IF_EQUAL, 0, rest + 2, 0], ...low];
}

/** `struct sock_filter` records. */
export function encodeFilter(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, [code, jt, jf, k]] of program.entries()) {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, jt);
    view.setUint8(8 * i + 3, jf);
    view.setUint32(8 * i + 4, k >>> 0, true);
  }
  return bytes;
}
