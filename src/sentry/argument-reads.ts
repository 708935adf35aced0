/**
 * argument-reads: what each system call reads of guest memory, as the platform can be told (Platform.expect).
 * Made from the rows: arguments that a call takes "in" or "inout". Where a pointer hides in a struct,
 * only what the platform knows the shape of is followed: vectors and message headers.
 */
import { type ArgumentRead, type Platform, Reg } from "../platform/contract.ts";
import type { Arg, Row } from "../syscalls/row.ts";

const ARGUMENT_REGISTERS = [Reg.rdi, Reg.rsi, Reg.rdx, Reg.r10, Reg.r8, Reg.r9];

const RT_SIGRETURN = 15;
/** A signal frame with its vector state, on most machines. */
const SIGNAL_FRAME: ArgumentRead = {
  register: Reg.rsp,
  kind: "fixed",
  lengthRegister: 0,
  unit: 3072,
};

/** Tell `platform` of every implemented call. */
export function announceReads(platform: Platform, rows: readonly Row[]): void {
  platform.expect(RT_SIGRETURN, [SIGNAL_FRAME]);
  for (const row of rows) {
    if (row.run === null) continue;
    const reads = readsOf(row);
    if (reads.length > 0) platform.expect(row.x64, reads);
  }
}

export function readsOf(row: Row): ArgumentRead[] {
  const reads: ArgumentRead[] = [];
  for (const [index, arg] of row.args.entries()) {
    const read = readOf(arg, ARGUMENT_REGISTERS[index]!);
    if (read !== null) reads.push(read);
  }
  return reads;
}

function readOf(arg: Arg, register: number): ArgumentRead | null {
  const { memory } = arg;
  if (memory === null) return null;
  const { shape, size: unit } = memory;
  const lengthRegister = memory.lengthArg < 0 ? 0 : ARGUMENT_REGISTERS[memory.lengthArg]!;
  // Which buffers a vector names must be known for reading and for writing.
  if (shape === "iovec") {
    const kind = memory.direction === "out" ? "counted" : "vector";
    return { register, kind, lengthRegister, unit };
  }
  if (memory.direction === "out") return null;
  if (shape === "string") return { register, kind: "string", lengthRegister, unit };
  if (shape === "message") {
    const kind = memory.direction === "in" ? "message" : "fixed";
    return { register, kind, lengthRegister, unit };
  }
  if (shape === "fixed") return { register, kind: "fixed", lengthRegister, unit };
  if (shape === "counted" && !memory.lengthByReference)
    return { register, kind: "counted", lengthRegister, unit };
  if (shape === "sockaddr" && !memory.lengthByReference)
    return { register, kind: "counted", lengthRegister, unit: 1 };
  return null;
}
