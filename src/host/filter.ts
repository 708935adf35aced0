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

/** The rows of both tables; the kernel's own come first where both have one. */
export function allRows(): HostCall[] {
  const byNumber = new Map<number, HostCall>();
  for (const row of [...Object.values(calls), ...engineCalls])
    if (!byNumber.has(row.nr)) byNumber.set(row.nr, row);
  return [...byNumber.values()].sort((a, b) => a.nr - b.nr);
}

/** `struct sock_filter` records. */
export function buildFilter(setup: Setup): Uint8Array {
  const program = new Program(setup);
  program.emit(LOAD, 0, 0, AT_ARCH);
  program.emit(JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH_X86_64);
  program.emit(RETURN, 0, 0, TRAP);
  program.emit(LOAD, 0, 0, AT_NR);
  const rows = allRows();
  program.bisect(rows, 0, rows.length);
  return program.encode();
}

class Program {
  readonly #setup: Setup;
  /** Four numbers for each instruction: code, jump if true, jump if false, operand. */
  readonly #code: number[] = [];

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  emit(code: number, jt: number, jf: number, k: number): void {
    this.#code.push(code, jt, jf, k);
  }

  bisect(rows: HostCall[], from: number, to: number): void {
    if (to - from === 1) {
      this.emit(JUMP_IF_EQUAL, 1, 0, rows[from].nr);
      this.emit(RETURN, 0, 0, TRAP);
      this.#row(rows[from]);
      return;
    }
    const middle = (from + to) >> 1;
    // Conditional jumps reach 255 instructions only.
    this.emit(JUMP_IF_AT_LEAST, 0, 1, rows[middle].nr);
    this.emit(JUMP, 0, 0, 0);
    const start = this.#code.length;
    this.bisect(rows, from, middle);
    this.#code[start - 1] = (this.#code.length - start) / 4;
    this.bisect(rows, middle, to);
  }

  /** What happens once the number is this row's. */
  #row({ rule }: HostCall): void {
    const has = rule?.needs === undefined || this.#setup[rule.needs];
    const other =
      this.#setup.hostSockets === true && rule?.withHostSockets !== undefined
        ? rule.withHostSockets.allow
        : (rule?.otherwise ?? []);
    const alternatives = has ? rule?.allow : other;
    if (alternatives === undefined) return this.emit(RETURN, 0, 0, ALLOW);
    for (const checks of alternatives) {
      let rest = 1;
      for (const check of checks) rest += lengthOf(check);
      for (const check of checks) {
        rest -= lengthOf(check);
        this.#check(check, rest);
      }
      this.emit(RETURN, 0, 0, ALLOW);
    }
    this.emit(RETURN, 0, 0, rule?.refusal === undefined ? TRAP : ERRNO | rule.refusal);
  }

  /** Go on if it holds, else skip the `rest` instructions after it. */
  #check(check: Check, rest: number): void {
    const low = AT_ARGUMENTS + 8 * check.arg;
    if ("without" in check) {
      this.emit(LOAD, 0, 0, low);
      this.emit(JUMP_IF_ANY_BIT, rest, 0, check.without);
      return;
    }
    const value = typeof check.equal === "number" ? check.equal : this.#setup[check.equal];
    if (typeof check.equal === "number") {
      this.emit(LOAD, 0, 0, low + 4);
      this.emit(JUMP_IF_EQUAL, 0, rest + 2, 0);
    }
    this.emit(LOAD, 0, 0, low);
    this.emit(JUMP_IF_EQUAL, 0, rest, value);
  }

  encode(): Uint8Array {
    const code = this.#code;
    const bytes = new Uint8Array(code.length * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < code.length; i += 4) {
      view.setUint16(2 * i, code[i], true);
      bytes[2 * i + 2] = code[i + 1];
      bytes[2 * i + 3] = code[i + 2];
      view.setUint32(2 * i + 4, code[i + 3], true);
    }
    return bytes;
  }
}

/** Instructions of one check. Process ids are ints: their upper halves are not looked at. */
function lengthOf(check: Check): number {
  return "without" in check || typeof check.equal === "string" ? 2 : 4;
}
