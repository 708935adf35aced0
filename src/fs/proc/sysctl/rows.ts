/**
 * Kinds of rows of /proc/sys (sysctl(8), proc_sys(5)).
 *  - number(), numbers() and text() always say the same; with "kept" a guest's root may write another
 *    value, which is kept and shown and changes nothing.
 *  - live() asks the kernel. Writing without the right is EPERM at open, by the mode bits.
 */
import { EINVAL } from "../../../abi/errno.ts";
import { refuse } from "../../../base/refuse.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { type Entry, type FileTraits, file } from "../../pseudo/entry.ts";
import { parseInteger } from "../format.ts";
import type { ProcSystem } from "../subject.ts";

const TRAITS: FileTraits<ProcSystem> = { pollable: true, hasEnd: true };

/** May a guest's root change it? */
export type Change = "fixed" | "kept";

/** A value that only changes when the guest changes it. `key` names it among all settings. */
function setting(
  name: string,
  key: string,
  initial: string,
  change: Change,
  isValid: (text: string) => boolean,
): Entry<ProcSystem> {
  const read = ({ settings }: ProcSystem) => `${settings.get(key) ?? initial}\n`;
  if (change === "fixed") return file(name, 0o444, read, undefined, TRAITS);
  const write = ({ settings }: ProcSystem, _task: Task, text: string) => {
    const value = text.replace(/[\n\0].*$/s, "").trim();
    if (!isValid(value)) return refuse(EINVAL, "sysctl: not a value of this kind");
    settings.set(key, value.replace(/\s+/g, "\t"));
    return 0;
  };
  return file(name, 0o644, read, write, TRAITS);
}

function isNumber(text: string): boolean {
  return !Number.isNaN(parseInteger(text));
}

export function number(
  name: string,
  value: number,
  change: Change = "fixed",
  key = name,
): Entry<ProcSystem> {
  return setting(name, key, String(value), change, isNumber);
}

/** Some numbers in a row. */
export function numbers(
  name: string,
  values: readonly number[],
  change: Change = "fixed",
  key = name,
): Entry<ProcSystem> {
  const isValid = (text: string) => text.split(/\s+/).every(isNumber);
  return setting(name, key, values.join("\t"), change, isValid);
}

export function text(
  name: string,
  value: string,
  change: Change = "fixed",
  key = name,
): Entry<ProcSystem> {
  return setting(name, key, value, change, () => true);
}

export function live(
  name: string,
  read: (system: ProcSystem, task: Task) => string,
  write?: (system: ProcSystem, task: Task, text: string) => number,
): Entry<ProcSystem> {
  const mode = write === undefined ? 0o444 : 0o644;
  return file<ProcSystem>(name, mode, (system, task) => `${read(system, task)}\n`, write, TRAITS);
}
