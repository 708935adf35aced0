/**
 * strace: one system call as one line, in the spirit of strace(1):
 *   openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3
 *   pipe2(0x7ffc0, O_EXCL) = -1 EINVAL (Invalid argument; pipe2: unknown flag bits)
 *  - `formatCall` prints a finished call, or one that runs when its result is null.
 *  - Everything comes from the row; a number without one prints as `syscall_999(…)`.
 * Reading guest memory is the caller's `GuestReader`; the printer changes nothing.
 */
import { ERESTART_RESTARTBLOCK, ERESTARTSYS, errnoName, MAX_ERRNO } from "../abi/errno.ts";
import { errnoText } from "../abi/errno-text.ts";
import type { Row } from "./row.ts";
import type { GuestReader, ShownCall } from "./show.ts";

export type { GuestReader } from "./show.ts";

export interface StraceOptions {
  /** Why the call was refused, from `takeReason()`; "" when not known. */
  readonly reason?: string;
  /** Bytes of a string before "..."; strace's default is 32. */
  readonly stringLimit?: number;
}

const DEFAULT_STRING_LIMIT = 32;

/** `name(args) = result` for a call with decoded arguments; null results print as `= ?`. */
export function formatCall(
  row: Row,
  args: ArrayLike<number>,
  result: number | null,
  reader: GuestReader,
  options: StraceOptions = {},
): string {
  const stringLimit = options.stringLimit ?? DEFAULT_STRING_LIMIT;
  const call: ShownCall = { args, result, reader, stringLimit };
  return `${formatArguments(row, call)} = ${formatResult(row, result, call, options.reason)}`;
}

/** `name(args)` of a call that succeeds only by losing the memory that its arguments lie in. */
export function formatLastSight(
  row: Row,
  args: ArrayLike<number>,
  reader: GuestReader,
  stringLimit = DEFAULT_STRING_LIMIT,
): string {
  return formatArguments(row, { args, result: null, reader, stringLimit });
}

function formatArguments(row: Row, call: ShownCall): string {
  const shown = row.args.map((arg, index) => arg.show(call.args[index], call, arg));
  return `${row.name}(${shown.join(", ")})`;
}

/** A call whose number Linux never gave out: its six arguments as raw numbers. */
export function formatUnknown(nr: number, args: ArrayLike<number>, result: number): string {
  const shown = Array.from(args, (value) => `0x${value.toString(16)}`);
  return `syscall_${nr}(${shown.join(", ")}) = ${formatError(result, "") ?? result}`;
}

function formatResult(row: Row, result: number | null, call: ShownCall, reason = ""): string {
  if (result === null) return "?";
  const error = formatError(result, reason);
  if (error !== null) return error;
  return row.returns === null ? String(result) : row.returns.show(result, call, row.returns);
}

/** "-1 ENOENT (No such file or directory)", or null for a result that is a value. */
function formatError(result: number, reason: string): string | null {
  if (result >= 0 || result < -MAX_ERRNO) return null;
  const because = reason === "" ? "" : `; ${reason}`;
  const text = `${errnoName(result)} (${errnoText(result)}${because})`;
  // A restart code has not been answered to the guest: nobody knows yet what it will see.
  const restarts = -result >= ERESTARTSYS && -result <= ERESTART_RESTARTBLOCK;
  return restarts ? `? ${text}` : `-1 ${text}`;
}
