/**
 * table: every system call of Linux on amd64 by number, put together from the rows of each topic.
 *  - `rowOf(nr)` is the row, or undefined for a number that Linux never gave out.
 *  - A number or name that two rows claim is refused when this file is loaded.
 * Source: syscalls(2); arch/x86/entry/syscalls/syscall_64.tbl.
 */
import * as fileAsync from "./file/rows-async.ts";
import * as fileAttributes from "./file/rows-attributes.ts";
import * as fileDescriptor from "./file/rows-descriptor.ts";
import * as fileIo from "./file/rows-io.ts";
import * as fileMount from "./file/rows-mount.ts";
import * as filePath from "./file/rows-path.ts";
import * as ipc from "./ipc/rows.ts";
import * as memory from "./memory/rows.ts";
import * as net from "./net/rows.ts";
import * as poll from "./poll/rows.ts";
import * as process from "./process/rows.ts";
import * as processIdentity from "./process/rows-identity.ts";
import * as processSched from "./process/rows-sched.ts";
import type { Row } from "./row.ts";
import * as signal from "./signal/rows.ts";
import * as system from "./system/rows.ts";
import * as systemAbsent from "./system/rows-absent.ts";
import * as time from "./time/rows.ts";

const groups: readonly Readonly<Record<string, Row>>[] = [
  fileIo,
  filePath,
  fileAttributes,
  fileDescriptor,
  fileMount,
  fileAsync,
  memory,
  process,
  processIdentity,
  processSched,
  signal,
  net,
  time,
  ipc,
  poll,
  system,
  systemAbsent,
];

/** Rows by number; numbers that Linux never gave out are undefined. */
export const table: readonly (Row | undefined)[] = byNumber(groups.flatMap(Object.values<Row>));

/** Every row, in the order of numbers. */
export const rows: readonly Row[] = table.filter((row) => row !== undefined);

export function rowOf(nr: number): Row | undefined {
  return table[nr];
}

/** The rows as an array by number; throws on a number or a name that is there twice. */
export function byNumber(all: readonly Row[]): (Row | undefined)[] {
  const size = Math.max(...all.map((row) => row.x64)) + 1;
  const slots: (Row | undefined)[] = new Array(size).fill(undefined);
  const names = new Set<string>();
  for (const row of all) {
    const other = slots[row.x64];
    if (other !== undefined) {
      throw new Error(`system call ${row.x64} is both ${other.name} and ${row.name}`);
    }
    if (names.has(row.name)) throw new Error(`system call ${row.name} has two numbers`);
    names.add(row.name);
    slots[row.x64] = row;
  }
  return slots;
}
