/**
 * args: the vocabulary of rows: what an argument of a system call can be.
 *  - Plain values: `fd int uint long ulong size offset id mode signal flags choice ptr`.
 *  - Memory: `path text buffer record records message iovec strings sockaddr sigset`. The last parameter
 *    names the argument that holds the length or the count.
 * "in" is read by the kernel before the call, "out" written after it; an "out" that was not written
 * (the call failed, or still runs) prints as its address.
 */
import { AT_FDCWD } from "../abi/fcntl.ts";
import type { FlagSet, NameSet } from "../abi/flags.ts";
import { PATH_MAX } from "../abi/limits.ts";
import { msghdr } from "../abi/msghdr.ts";
import { NSIG, signalName } from "../abi/signal.ts";
import { addressFamilies, sockaddr_storage } from "../abi/socket.ts";
import type { FieldType } from "../abi/struct.ts";
import type { Arg, Direction, Kind, Memory } from "./row.ts";
import { KIND_I32, KIND_I64, KIND_U32, KIND_U64 } from "./row.ts";
import type { ShownCall } from "./show.ts";
import {
  quoteBytes,
  showAddress,
  showBuffer,
  showPath,
  showRecord,
  showRecords,
  showString,
  showStrings,
  showVector,
  viewOf,
} from "./show.ts";

/** A descriptor. AT_FDCWD is a name everywhere a directory may be meant. */
export function fd(name: string): Arg {
  return value(name, KIND_I32, (fd) => (fd === AT_FDCWD ? "AT_FDCWD" : String(fd)));
}

export function int(name: string): Arg {
  return value(name, KIND_I32, String);
}

export function uint(name: string): Arg {
  return value(name, KIND_U32, String);
}

export function long(name: string): Arg {
  return value(name, KIND_I64, String);
}

export function ulong(name: string): Arg {
  return value(name, KIND_U64, String);
}

export function size(name: string): Arg {
  return value(name, KIND_U64, String);
}

export function offset(name: string): Arg {
  return value(name, KIND_I64, String);
}

/** A user or group id: -1 means "leave as it is" and prints so. */
export function id(name: string): Arg {
  return value(name, KIND_U32, (id) => String(id | 0));
}

export function mode(name: string): Arg {
  return value(name, KIND_U32, (mode) => (mode === 0 ? "000" : `0${mode.toString(8)}`));
}

export function signal(name: string): Arg {
  return value(name, KIND_I32, signalName);
}

export function flags(name: string, set: FlagSet): Arg {
  return value(name, KIND_U32, (flags) => set.show(flags));
}

/** One of a set of names, signed. */
export function choice(name: string, set: NameSet): Arg {
  return value(name, KIND_I32, (chosen) => set.show(chosen));
}

/** One of a set of names that use the top bit, as ioctl requests do. */
export function request(name: string, set: NameSet): Arg {
  return value(name, KIND_U32, (chosen) => set.show(chosen));
}

/** An address that is not followed here. */
export function ptr(name: string): Arg {
  return value(name, KIND_U64, showAddress);
}

export function path(name: string): Arg {
  return pointer(name, shape("in", "string", PATH_MAX), null, (address, call) =>
    showPath(address, call, PATH_MAX),
  );
}

/** A NUL-terminated string of at most `max` bytes. */
export function text(name: string, max: number): Arg {
  return pointer(name, shape("in", "string", max), null, (address, call) =>
    showString(address, call, max),
  );
}

/** Bytes. What a call wrote is as long as its result. */
export function buffer(name: string, direction: Direction, length: string): Arg {
  return pointer(name, shape(direction, "counted", 1), length, (address, call, arg) => {
    if (!isFilled(call, direction)) return showAddress(address);
    const given = lengthOf(call, arg);
    return showBuffer(address, direction === "in" ? given : resultLength(call, given), call);
  });
}

/** Bytes written by the kernel, with a pointer to their length: getsockopt's optval. */
export function bufferWithLength(name: string, length: string): Arg {
  return pointer(name, shape("out", "counted", 1, true), length, (address, call, arg) =>
    isFilled(call, "out") ? showBuffer(address, lengthAt(call, arg), call) : showAddress(address),
  );
}

/** One value of a type: an `int *` is `record(name, "out", i32)`. */
export function record(name: string, direction: Direction, type: FieldType<unknown>): Arg {
  return pointer(name, shape(direction, "fixed", type.size), null, (address, call) =>
    isFilled(call, direction) ? showRecord(address, type, call) : showAddress(address),
  );
}

/** A msghdr, whose buffers are the call's own business to read or write. */
export function message(name: string, direction: "in" | "inout"): Arg {
  return pointer(name, shape(direction, "message", msghdr.size), null, (address, call) =>
    isFilled(call, direction) ? showRecord(address, msghdr, call) : showAddress(address),
  );
}

/** An array of values, as many as the argument `count` says. */
export function records(
  name: string,
  direction: Direction,
  type: FieldType<unknown>,
  count: string,
): Arg {
  return pointer(name, shape(direction, "counted", type.size), count, (address, call, arg) => {
    if (!isFilled(call, direction)) return showAddress(address);
    const given = lengthOf(call, arg);
    const written = direction === "out" ? resultLength(call, given) : given;
    return showRecords(address, written, type, call);
  });
}

/** A struct that may grow: the argument `length` says how many bytes of it the guest knows. */
export function sized(
  name: string,
  direction: Direction,
  type: FieldType<unknown>,
  length: string,
): Arg {
  return pointer(name, shape(direction, "counted", 1), length, (address, call, arg) => {
    const whole = lengthOf(call, arg) >= type.size;
    if (!whole || !isFilled(call, direction)) return showAddress(address);
    return showRecord(address, type, call);
  });
}

export function iovec(name: string, direction: Direction, count: string): Arg {
  return pointer(name, shape(direction, "iovec", 16), count, (address, call, arg) => {
    if (!isFilled(call, direction)) return showAddress(address);
    const limit = direction === "in" ? Infinity : resultLength(call, Infinity);
    return showVector(address, lengthOf(call, arg), limit, call);
  });
}

/** argv and envp. */
export function strings(name: string): Arg {
  return pointer(name, shape("in", "strings", PATH_MAX), null, showStrings);
}

/** A socket address given with its length ("in"), or with a pointer to its length ("out"). */
export function sockaddr(name: string, direction: "in" | "out", length: string): Arg {
  const memory = shape(direction, "sockaddr", sockaddr_storage.size, direction === "out");
  return pointer(name, memory, length, (address, call, arg) => {
    if (address === 0 || !isFilled(call, direction)) return showAddress(address);
    const given = direction === "in" ? lengthOf(call, arg) : lengthAt(call, arg);
    return showSockaddr(address, given, call);
  });
}

/** A signal set; its size is the argument `length`. */
export function sigset(name: string, direction: Direction, length: string): Arg {
  return pointer(name, shape(direction, "counted", 1), length, (address, call) =>
    isFilled(call, direction) ? showSigset(address, call) : showAddress(address),
  );
}

type Show = (value: number, call: ShownCall, arg: Arg) => string;

function value(name: string, kind: Kind, show: (value: number) => string): Arg {
  return { name, kind, memory: null, length: null, show: (number) => show(number) };
}

function pointer(name: string, memory: Memory, length: string | null, show: Show): Arg {
  return { name, kind: KIND_U64, memory, length, show };
}

function shape(
  direction: Direction,
  shape: Memory["shape"],
  size: number,
  lengthByReference = false,
): Memory {
  return { direction, shape, size, lengthArg: -1, lengthByReference };
}

function isFilled(call: ShownCall, direction: Direction): boolean {
  return direction !== "out" || (call.result !== null && call.result >= 0);
}

function lengthOf(call: ShownCall, arg: Arg): number {
  return arg.memory === null || arg.memory.lengthArg < 0 ? 0 : call.args[arg.memory.lengthArg];
}

function lengthAt(call: ShownCall, arg: Arg): number {
  const bytes = call.reader.read(lengthOf(call, arg), 4);
  return bytes === null ? 0 : viewOf(bytes).getInt32(0, true);
}

/** How much a successful call wrote: its result, when that can be a length at all. */
function resultLength(call: ShownCall, given: number): number {
  return Math.min(given, call.result ?? 0);
}

function showSockaddr(address: number, length: number, call: ShownCall): string {
  if (length < 2) return showAddress(address);
  const bytes = call.reader.read(address, Math.min(length, sockaddr_storage.size));
  if (bytes === null) return showAddress(address);
  const family = viewOf(bytes).getUint16(0, true);
  const name = addressFamilies.show(family);
  if (name === "AF_UNIX") return `{sa_family=AF_UNIX, sun_path=${showUnixPath(bytes, call)}}`;
  if (name === "AF_INET" && bytes.length >= 8) {
    return `{sa_family=AF_INET, sin_port=${portOf(bytes)}, sin_addr=${bytes.slice(4, 8).join(".")}}`;
  }
  if (name === "AF_INET6" && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, index) =>
      ((bytes[8 + index * 2] << 8) | bytes[9 + index * 2]).toString(16),
    );
    return `{sa_family=AF_INET6, sin6_port=${portOf(bytes)}, sin6_addr=${groups.join(":")}}`;
  }
  return `{sa_family=${name}, sa_data=${quoteBytes(bytes.subarray(2), call.stringLimit)}}`;
}

function showUnixPath(bytes: Uint8Array, call: ShownCall): string {
  const path = bytes.subarray(2);
  // An abstract name starts with a NUL and is printed with an @, as strace and ss do.
  if (path.length > 0 && path[0] === 0) return `@${quoteBytes(path.subarray(1), call.stringLimit)}`;
  const end = path.indexOf(0);
  return quoteBytes(end < 0 ? path : path.subarray(0, end), call.stringLimit);
}

function portOf(bytes: Uint8Array): number {
  return (bytes[2] << 8) | bytes[3];
}

function showSigset(address: number, call: ShownCall): string {
  if (address === 0) return "NULL";
  const bytes = call.reader.read(address, 8);
  if (bytes === null) return showAddress(address);
  // A set that holds most signals is shorter as what it leaves out.
  const members = signalsIn(bytes, true);
  if (members.length <= 32) return `[${members.join(" ")}]`;
  return `~[${signalsIn(bytes, false).join(" ")}]`;
}

function signalsIn(set: Uint8Array, present: boolean): string[] {
  const names: string[] = [];
  for (let number = 1; number <= NSIG; number++) {
    const bit = (set[(number - 1) >>> 3] >>> ((number - 1) & 7)) & 1;
    if ((bit === 1) === present) names.push(signalName(number).slice(3));
  }
  return names;
}
