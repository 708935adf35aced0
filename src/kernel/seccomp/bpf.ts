/**
 * Classic BPF as seccomp(2) uses it: programs over `struct seccomp_data`, checked once and then run.
 *  - checkProgram() refuses what Linux refuses: unknown instructions, loads outside the data, jumps
 *    out of the program, memory read before it was written, an end without a return. Jumps only go
 *    forward, so every checked program ends.
 *  - runProgram() trusts the check. Words are unsigned 32-bit numbers.
 * Source: bpf_check_classic() and seccomp_check_filter() of Linux; bpf(4).
 */
import {
  BPF_A,
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_DIV,
  BPF_IMM,
  BPF_JA,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_JSET,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_LEN,
  BPF_LSH,
  BPF_MAXINSNS,
  BPF_MEM,
  BPF_MEMWORDS,
  BPF_MISC,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RET,
  BPF_RSH,
  BPF_ST,
  BPF_STX,
  BPF_SUB,
  BPF_TAX,
  BPF_TXA,
  BPF_X,
  BPF_XOR,
  seccomp_data,
  sock_filter,
} from "../../abi/seccomp.ts";

/** One instruction in four columns, for speed and for saving. */
export class BpfProgram {
  readonly code: Uint16Array;
  readonly jt: Uint8Array;
  readonly jf: Uint8Array;
  readonly k: Uint32Array;

  /** From an array of `struct sock_filter`. */
  constructor(bytes: Uint8Array) {
    const length = bytes.length / sock_filter.size;
    this.code = new Uint16Array(length);
    this.jt = new Uint8Array(length);
    this.jf = new Uint8Array(length);
    this.k = new Uint32Array(length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < length; i++) {
      const instruction = sock_filter.read(view, i * sock_filter.size);
      this.code[i] = instruction.code;
      this.jt[i] = instruction.jt;
      this.jf[i] = instruction.jf;
      this.k[i] = instruction.k;
    }
  }

  get length(): number {
    return this.code.length;
  }
}

const CLASS = 7;
const DATA_SIZE = seccomp_data.size;
const OPERATION = 0xf0;

const ALU_OPERATIONS = [
  BPF_ADD,
  BPF_SUB,
  BPF_MUL,
  BPF_DIV,
  BPF_OR,
  BPF_AND,
  BPF_LSH,
  BPF_RSH,
  BPF_XOR,
];
const CONDITIONS = [BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET];

const KNOWN: ReadonlySet<number> = new Set([
  BPF_LD | BPF_ABS,
  BPF_LD | BPF_IMM,
  BPF_LD | BPF_MEM,
  BPF_LD | BPF_LEN,
  BPF_LDX | BPF_IMM,
  BPF_LDX | BPF_MEM,
  BPF_LDX | BPF_LEN,
  BPF_ST,
  BPF_STX,
  BPF_RET | BPF_K,
  BPF_RET | BPF_A,
  BPF_MISC | BPF_TAX,
  BPF_MISC | BPF_TXA,
  BPF_ALU | BPF_NEG,
  BPF_JMP | BPF_JA,
  ...ALU_OPERATIONS.flatMap((operation) => [
    BPF_ALU | operation | BPF_K,
    BPF_ALU | operation | BPF_X,
  ]),
  ...CONDITIONS.flatMap((condition) => [BPF_JMP | condition | BPF_K, BPF_JMP | condition | BPF_X]),
]);

/** May this program be a filter? */
export function checkProgram(program: BpfProgram): boolean {
  const { length, code } = program;
  if (length === 0 || length > BPF_MAXINSNS) return false;
  for (let pc = 0; pc < length; pc++) if (!checkInstruction(program, pc)) return false;
  return (code[length - 1]! & CLASS) === BPF_RET && checkMemory(program);
}

function checkInstruction(program: BpfProgram, pc: number): boolean {
  const code = program.code[pc]!;
  const k = program.k[pc]!;
  if (!KNOWN.has(code)) return false;
  switch (code & CLASS) {
    case BPF_LD:
    case BPF_LDX:
      if ((code & OPERATION) === BPF_MEM) return k < BPF_MEMWORDS;
      return (code & OPERATION) !== BPF_ABS || (k < DATA_SIZE && k % 4 === 0);
    case BPF_ST:
    case BPF_STX:
      return k < BPF_MEMWORDS;
    case BPF_ALU:
      if (code === (BPF_ALU | BPF_DIV)) return k !== 0;
      return (code !== (BPF_ALU | BPF_LSH) && code !== (BPF_ALU | BPF_RSH)) || k < 32;
    case BPF_JMP: {
      const left = program.length - pc - 1;
      if (code === (BPF_JMP | BPF_JA)) return k < left;
      return program.jt[pc]! < left && program.jf[pc]! < left;
    }
    default:
      return true;
  }
}

/** No memory word is read that was not written on every way there. */
function checkMemory(program: BpfProgram): boolean {
  const { length } = program;
  /** For each instruction, the words that are written on all ways to it. */
  const written = new Int32Array(length).fill(-1);
  let valid = 0;
  for (let pc = 0; pc < length; pc++) {
    valid &= written[pc]!;
    const code = program.code[pc]!;
    const bit = 1 << program.k[pc]!;
    const kind = code & CLASS;
    if (kind === BPF_ST || kind === BPF_STX) valid |= bit;
    else if ((kind === BPF_LD || kind === BPF_LDX) && (code & OPERATION) === BPF_MEM) {
      if ((valid & bit) === 0) return false;
    } else if (kind === BPF_JMP) {
      const isAlways = code === (BPF_JMP | BPF_JA);
      written[pc + 1 + (isAlways ? program.k[pc]! : program.jt[pc]!)]! &= valid;
      if (!isAlways) written[pc + 1 + program.jf[pc]!]! &= valid;
      valid = -1;
    }
  }
  return true;
}

/** Run a checked program on the words of a `struct seccomp_data`: what it returns. */
export function runProgram(program: BpfProgram, data: Uint32Array, memory: Uint32Array): number {
  const { code: codes, jt, jf, k: constants } = program;
  let a = 0;
  let x = 0;
  for (let pc = 0; ; pc++) {
    const code = codes[pc]!;
    const k = constants[pc]!;
    switch (code & CLASS) {
      case BPF_LD:
        a = load(code, k, data, memory);
        break;
      case BPF_LDX:
        x = load(code, k, data, memory);
        break;
      case BPF_ST:
        memory[k] = a;
        break;
      case BPF_STX:
        memory[k] = x;
        break;
      case BPF_ALU: {
        const operand = (code & BPF_X) !== 0 ? x : k;
        // Division by zero ends the program with 0, as on Linux.
        if ((code & OPERATION) === BPF_DIV && operand === 0) return 0;
        a = calculate(code & OPERATION, a, operand);
        break;
      }
      case BPF_JMP:
        if (code === (BPF_JMP | BPF_JA)) pc += k;
        else pc += holds(code & OPERATION, a, (code & BPF_X) !== 0 ? x : k) ? jt[pc]! : jf[pc]!;
        break;
      case BPF_RET:
        return (code & BPF_A) !== 0 ? a : k;
      default:
        if ((code & BPF_TXA) !== 0) a = x;
        else x = a;
    }
  }
}

function load(code: number, k: number, data: Uint32Array, memory: Uint32Array): number {
  switch (code & 0xe0) {
    case BPF_ABS:
      return data[k >>> 2]!;
    case BPF_MEM:
      return memory[k]!;
    case BPF_LEN:
      return DATA_SIZE;
    default:
      return k;
  }
}

function calculate(operation: number, a: number, operand: number): number {
  switch (operation) {
    case BPF_ADD:
      return (a + operand) >>> 0;
    case BPF_SUB:
      return (a - operand) >>> 0;
    case BPF_MUL:
      return Math.imul(a, operand) >>> 0;
    case BPF_DIV:
      return Math.floor(a / operand);
    case BPF_OR:
      return (a | operand) >>> 0;
    case BPF_AND:
      return (a & operand) >>> 0;
    case BPF_LSH:
      return (a << operand) >>> 0;
    case BPF_RSH:
      return a >>> operand;
    case BPF_XOR:
      return (a ^ operand) >>> 0;
    default:
      return -a >>> 0;
  }
}

function holds(condition: number, a: number, operand: number): boolean {
  switch (condition) {
    case BPF_JEQ:
      return a === operand;
    case BPF_JGT:
      return a > operand;
    case BPF_JGE:
      return a >= operand;
    default:
      return (a & operand) !== 0;
  }
}
