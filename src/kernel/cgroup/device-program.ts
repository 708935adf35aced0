/**
 * DeviceProgram: the eBPF programs by which container runtimes say which devices the processes of a cgroup may use
 * (cgroup-v2.rst, "Device controller"). The part of eBPF that is there is what such programs need: words of the question,
 * arithmetic, comparisons and jumps forward. So each run ends, and reads nothing but the question.
 */
import * as bpf from "../../abi/bpf.ts";
import { S_IFBLK } from "../../abi/stat.ts";
import type { Cgroup } from "./cgroup.ts";

export const MOST_INSTRUCTIONS = 4096;
const REGISTERS = 10;
const FULL = 64;
const HALF = 32;
/** r1 holds the question when a program begins. */
const CONTEXT_REGISTER = 1;
const ANSWER = 0;

interface Instruction {
  readonly code: number;
  readonly to: number;
  readonly from: number;
  readonly offset: number;
  readonly value: number;
}

const CLASS = 0x07;
const OPERATION = 0xf0;

const ARITHMETIC: ReadonlySet<number> = new Set([
  bpf.BPF_ADD,
  bpf.BPF_SUB,
  bpf.BPF_OR,
  bpf.BPF_AND,
  bpf.BPF_LSH,
  bpf.BPF_RSH,
  bpf.BPF_XOR,
  bpf.BPF_MOV,
]);
const JUMPS: ReadonlySet<number> = new Set([
  bpf.BPF_JA,
  bpf.BPF_JEQ,
  bpf.BPF_JGT,
  bpf.BPF_JGE,
  bpf.BPF_JSET,
  bpf.BPF_JNE,
  bpf.BPF_EXIT,
  bpf.BPF_JLT,
  bpf.BPF_JLE,
]);
/** [size bits, bytes] */
const SIZES: ReadonlyMap<number, number> = new Map([
  [bpf.BPF_MEM | bpf.BPF_W, 4],
  [bpf.BPF_MEM | bpf.BPF_H, 2],
  [bpf.BPF_MEM | bpf.BPF_B, 1],
]);

export class DeviceProgram {
  readonly id: number;
  readonly #instructions: readonly Instruction[];

  private constructor(id: number, instructions: readonly Instruction[]) {
    this.id = id;
    this.#instructions = instructions;
  }

  /** Null when it is not a program that can be run here. */
  static load(id: number, code: DataView): DeviceProgram | null {
    const count = code.byteLength / bpf.bpf_insn.size;
    const all: Instruction[] = [];
    for (let i = 0; i < count; i++) {
      const { code: opcode, regs, off, imm } = bpf.bpf_insn.read(code, i * bpf.bpf_insn.size);
      all.push({ code: opcode, to: regs & 0xf, from: regs >> 4, offset: off, value: imm });
    }
    if (!all.every((one, at) => isSound(one, at, count)) || !endsWell(all)) return null;
    return keepsToContext(all) ? new DeviceProgram(id, all) : null;
  }

  /** Does the program say yes? */
  allows(question: DataView): boolean {
    const registers = new Array<bigint>(REGISTERS + 1).fill(0n);
    for (let at = 0; at < this.#instructions.length; at++) {
      const one = this.#instructions[at]!;
      switch (one.code & CLASS) {
        case bpf.BPF_LDX:
          registers[one.to] = loadFrom(question, one);
          break;
        case bpf.BPF_ALU:
        case bpf.BPF_ALU64:
          calculate(one, registers);
          break;
        default:
          if ((one.code & OPERATION) === bpf.BPF_EXIT)
            return BigInt.asUintN(HALF, registers[ANSWER]!) === 1n;
          if (jumps(one, registers)) at += one.offset;
      }
    }
    return false;
  }
}

function isSound(one: Instruction, at: number, count: number): boolean {
  if (one.to > REGISTERS - 1 || one.from > REGISTERS - 1) return false;
  const operation = one.code & OPERATION;
  switch (one.code & CLASS) {
    case bpf.BPF_LDX: {
      const size = SIZES.get(one.code & ~CLASS);
      return (
        size !== undefined &&
        one.offset >= 0 &&
        one.offset % size === 0 &&
        one.offset + size <= bpf.bpf_cgroup_dev_ctx.size
      );
    }
    case bpf.BPF_ALU:
    case bpf.BPF_ALU64:
      return ARITHMETIC.has(operation);
    case bpf.BPF_JMP:
    case bpf.BPF_JMP32:
      return (
        JUMPS.has(operation) &&
        one.offset >= 0 &&
        at + 1 + one.offset < count + (operation === bpf.BPF_EXIT ? 1 : 0)
      );
    default:
      return false;
  }
}

/** The last instruction does not fall out of the program. */
function endsWell(all: readonly Instruction[]): boolean {
  const last = all.at(-1);
  return (
    last !== undefined &&
    (last.code & CLASS) === bpf.BPF_JMP &&
    (last.code & OPERATION) === bpf.BPF_EXIT
  );
}

/** Loads go through a register that holds the question on every way there: r1 until it is overwritten. */
function keepsToContext(all: readonly Instruction[]): boolean {
  const states: (Set<number> | null)[] = all.map(() => null);
  const reach = (at: number, pointers: Set<number>) => {
    const known = states[at];
    states[at] =
      known == null ? new Set(pointers) : new Set([...known].filter((one) => pointers.has(one)));
  };
  reach(0, new Set([CONTEXT_REGISTER]));
  for (const [at, one] of all.entries()) {
    const pointers = states[at];
    if (pointers == null) continue;
    const kind = one.code & CLASS;
    const operation = one.code & OPERATION;
    if (kind === bpf.BPF_JMP || kind === bpf.BPF_JMP32) {
      if (operation === bpf.BPF_EXIT) continue;
      if (usesPointer(one, pointers)) return false;
      reach(at + 1 + one.offset, pointers);
      if (operation !== bpf.BPF_JA) reach(at + 1, pointers);
      continue;
    }
    if (kind === bpf.BPF_LDX) {
      if (!pointers.has(one.from)) return false;
      pointers.delete(one.to);
    } else if (operation === bpf.BPF_MOV) {
      if (kind === bpf.BPF_ALU64 && (one.code & bpf.BPF_X) !== 0 && pointers.has(one.from))
        pointers.add(one.to);
      else pointers.delete(one.to);
    } else if (usesPointer(one, pointers)) return false;
    reach(at + 1, pointers);
  }
  return true;
}

function usesPointer(one: Instruction, pointers: ReadonlySet<number>): boolean {
  return pointers.has(one.to) || ((one.code & bpf.BPF_X) !== 0 && pointers.has(one.from));
}

function loadFrom(question: DataView, { code, offset }: Instruction): bigint {
  switch (code & ~CLASS) {
    case bpf.BPF_MEM | bpf.BPF_W:
      return BigInt(question.getUint32(offset, true));
    case bpf.BPF_MEM | bpf.BPF_H:
      return BigInt(question.getUint16(offset, true));
    default:
      return BigInt(question.getUint8(offset));
  }
}

/** The second operand, as wide as the instruction: immediates are sign-extended. */
function operand(one: Instruction, registers: readonly bigint[], width: number): bigint {
  const value = (one.code & bpf.BPF_X) !== 0 ? registers[one.from]! : BigInt(one.value);
  return BigInt.asUintN(width, value);
}

function calculate(one: Instruction, registers: bigint[]): void {
  const width = (one.code & CLASS) === bpf.BPF_ALU64 ? FULL : HALF;
  const left = BigInt.asUintN(width, registers[one.to]!);
  const right = operand(one, registers, width);
  registers[one.to] = BigInt.asUintN(width, result(one.code & OPERATION, left, right, width));
}

function result(operation: number, left: bigint, right: bigint, width: number): bigint {
  const shift = right & BigInt(width - 1);
  switch (operation) {
    case bpf.BPF_ADD:
      return left + right;
    case bpf.BPF_SUB:
      return left - right;
    case bpf.BPF_OR:
      return left | right;
    case bpf.BPF_AND:
      return left & right;
    case bpf.BPF_LSH:
      return left << shift;
    case bpf.BPF_RSH:
      return left >> shift;
    case bpf.BPF_XOR:
      return left ^ right;
    default:
      return right;
  }
}

function jumps(one: Instruction, registers: readonly bigint[]): boolean {
  const width = (one.code & CLASS) === bpf.BPF_JMP ? FULL : HALF;
  const left = BigInt.asUintN(width, registers[one.to]!);
  const right = operand(one, registers, width);
  switch (one.code & OPERATION) {
    case bpf.BPF_JEQ:
      return left === right;
    case bpf.BPF_JNE:
      return left !== right;
    case bpf.BPF_JGT:
      return left > right;
    case bpf.BPF_JGE:
      return left >= right;
    case bpf.BPF_JLT:
      return left < right;
    case bpf.BPF_JLE:
      return left <= right;
    case bpf.BPF_JSET:
      return (left & right) !== 0n;
    default:
      return true;
  }
}

/** May a process of `cgroup` do this (BPF_DEVCG_ACC_*) with a device? All programs from here up must say yes. */
export function mayUseDevice(
  cgroup: Cgroup,
  type: number,
  major: number,
  minor: number,
  access: number,
): boolean {
  if (cgroup.isRoot && cgroup.devicePrograms.length === 0) return true;
  const kind = type === S_IFBLK ? bpf.BPF_DEVCG_DEV_BLOCK : bpf.BPF_DEVCG_DEV_CHAR;
  const question = new DataView(new ArrayBuffer(bpf.bpf_cgroup_dev_ctx.size));
  const access_type = ((access << 16) | kind) >>> 0;
  bpf.bpf_cgroup_dev_ctx.write(question, 0, { access_type, major, minor });
  for (let at: Cgroup | null = cgroup; at !== null; at = at.parent)
    for (const program of at.devicePrograms) if (!program.allows(question)) return false;
  return true;
}
