/**
 * row: everything that tvisor knows about one system call, declared once.
 *  - `syscall(name, { x64, args, returns, support, run })` makes a row and refuses nonsense at load.
 *  - `decodeArgs` turns the raw registers into the plain numbers that `run` takes, by machine kind.
 *  - `args[i].memory` says what the argument points to, so that memory can be copied before and
 *    after the call; `args[i].show` prints it.
 * Numbers of 64 bits are exact below 2^53. A handler that needs every bit of a register (the data
 * of ptrace's POKE requests) reads the register pair itself.
 * Source: syscall(2), "Architecture calling conventions": rdi, rsi, rdx, r10, r8, r9.
 */
import type { Task } from "../kernel/task/task.ts";
import type { ShownCall } from "./show.ts";

/** What a register holds, as far as the machine is concerned. */
export const KIND_I32 = 0;
export const KIND_U32 = 1;
export const KIND_I64 = 2;
export const KIND_U64 = 3;
export type Kind = typeof KIND_I32 | typeof KIND_U32 | typeof KIND_I64 | typeof KIND_U64;

export type Direction = "in" | "out" | "inout";

/** What an argument points to. */
export interface Memory {
  readonly direction: Direction;
  /**
   * string: bytes up to a NUL, `size` at most. fixed: `size` bytes. counted: `size` bytes for each
   * unit of the length argument. iovec: a vector of `lengthArg` buffers. strings: a vector of
   * string pointers that ends with NULL. sockaddr: `size` bytes at most, the length says how many.
   * message: a msghdr and what it points to.
   */
  readonly shape: "string" | "fixed" | "counted" | "iovec" | "strings" | "sockaddr" | "message";
  readonly size: number;
  /** Index of the argument that holds the length or count; -1 when the shape needs none. */
  readonly lengthArg: number;
  /** The length argument points to a 32-bit length that the kernel updates. */
  readonly lengthByReference: boolean;
}

export interface Arg {
  readonly name: string;
  readonly kind: Kind;
  readonly memory: Memory | null;
  /** Name of the length argument; `syscall()` resolves it into `memory.lengthArg`. */
  readonly length: string | null;
  show(value: number, call: ShownCall, arg: Arg): string;
}

/** "none": answers ENOSYS. A partial call says what is missing. */
export type Support = "full" | "none" | { readonly partial: string };

export type Handler = (
  task: Task,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
) => number;

export interface RowDeclaration {
  /** The number on amd64. */
  readonly x64: number;
  readonly args: readonly Arg[];
  /** How to print the result; a plain number when left out. */
  readonly returns?: Arg;
  readonly support: Support;
  /** A sentence for people: what is special about this call. */
  readonly note?: string;
  /** False for numbers that Linux itself answers with ENOSYS. */
  readonly inLinux?: boolean;
  readonly run?: Handler;
  /** Its result stays until Platform.forgetAnswers() is called: the stub may give it again. */
  readonly isRemembered?: boolean;
}

export interface Row {
  readonly name: string;
  readonly x64: number;
  readonly args: readonly Arg[];
  /** The machine kind of each argument, for `decodeArgs`. */
  readonly kinds: Uint8Array;
  readonly returns: Arg | null;
  readonly support: Support;
  readonly note: string;
  readonly inLinux: boolean;
  readonly run: Handler | null;
  readonly isRemembered: boolean;
}

export function syscall(name: string, declaration: RowDeclaration): Row {
  const { x64, args, support } = declaration;
  const run = declaration.run ?? null;
  if (args.length > 6) throw new RangeError(`${name}: more than six arguments`);
  if ((run === null) !== (support === "none")) {
    throw new TypeError(`${name}: a row has a handler exactly when its support is not "none"`);
  }
  return {
    name,
    x64,
    args: args.map((arg) => resolveLength(name, arg, args)),
    kinds: Uint8Array.from(args, (arg) => arg.kind),
    returns: declaration.returns ?? null,
    support,
    note: declaration.note ?? "",
    inLinux: declaration.inLinux ?? true,
    isRemembered: declaration.isRemembered ?? false,
    run,
  };
}

/** A number that Linux keeps reserved and answers with ENOSYS: tvisor does the same. */
export function unimplementedInLinux(name: string, x64: number, note: string): Row {
  return syscall(name, { x64, args: [], support: "none", inLinux: false, note });
}

// Indexes of the argument registers in the register file, which has gregs order (sigcontext).
const ARGUMENT_REGISTERS = Uint8Array.of(8, 9, 12, 2, 0, 1);

const TWO_32 = 2 ** 32;

/**
 * Decodes the arguments of a call into `out`. `regs` holds 64-bit registers as pairs of 32-bit
 * halves, low half first; `base` is the index of register 0's low half. Arguments that the row
 * does not declare become 0.
 */
export function decodeArgs(
  row: Row,
  regs: Int32Array,
  base: number,
  out: Float64Array | number[],
): void {
  const kinds = row.kinds;
  const count = kinds.length;
  for (let index = 0; index < count; index++) {
    const at = base + ARGUMENT_REGISTERS[index] * 2;
    const kind = kinds[index];
    if (kind === KIND_I32) out[index] = regs[at];
    else if (kind === KIND_U32) out[index] = regs[at] >>> 0;
    else if (kind === KIND_I64) out[index] = regs[at + 1] * TWO_32 + (regs[at] >>> 0);
    else out[index] = (regs[at + 1] >>> 0) * TWO_32 + (regs[at] >>> 0);
  }
  for (let index = count; index < 6; index++) out[index] = 0;
}

function resolveLength(name: string, arg: Arg, args: readonly Arg[]): Arg {
  if (arg.length === null || arg.memory === null) return arg;
  const lengthArg = args.findIndex((other) => other.name === arg.length);
  if (lengthArg < 0) throw new RangeError(`${name}: ${arg.name} has no length ${arg.length}`);
  return { ...arg, memory: { ...arg.memory, lengthArg } };
}
