/**
 * Strings of a program that is to be executed, out of the memory of the one before: argv and envp.
 * They lie scattered over a few pages, so whole pages are copied, each once.
 */
import { E2BIG, EFAULT } from "../../abi/errno.ts";
import { RLIMIT_STACK } from "../../abi/resource.ts";
import { getU64 } from "../../abi/struct.ts";
import { PAGE_SIZE } from "../mm/mm.ts";
import type { Task } from "../task/task.ts";

const MAX_ARG_STRLEN = 131072;
/** Linux's floor and ceiling for all strings together: 128 KiB, and 3/4 of 8 MiB. */
const ARG_MIN = 131072;
const ARG_CEILING = 6 * 1024 * 1024;
/** How many copied pages are remembered. */
const MOST_PAGES = 32;

/** A copied page; shorter than a page when it is not mapped. */
interface Page {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

class Pages {
  readonly #task: Task;
  readonly #pages = new Map<number, Page>();

  constructor(task: Task) {
    this.#task = task;
  }

  #page(start: number): Page | null {
    const known = this.#pages.get(start);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(PAGE_SIZE);
    if (this.#task.mm.copyIn(start, bytes, 0, PAGE_SIZE) < PAGE_SIZE) return null;
    if (this.#pages.size === MOST_PAGES) this.#pages.clear();
    const page = { bytes, view: new DataView(bytes.buffer) };
    this.#pages.set(start, page);
    return page;
  }

  /** The pointer at `address`, NaN when it cannot be read. */
  pointer(address: number): number {
    const at = address % PAGE_SIZE;
    if (at > PAGE_SIZE - 8) return this.#task.mm.readU64(address);
    const page = this.#page(address - at);
    if (page === null) return Number.NaN;
    return getU64(page.view, at);
  }

  /** The string at `address`, -EFAULT, or -E2BIG when it is longer than Linux takes. */
  string(address: number): string | number {
    let text = "";
    for (let next = address; ; ) {
      const at = next % PAGE_SIZE;
      const page = this.#page(next - at);
      if (page === null) return -EFAULT;
      const nul = page.bytes.indexOf(0, at);
      const end = nul < 0 ? PAGE_SIZE : nul;
      text += Buffer.prototype.latin1Slice.call(page.bytes, at, end);
      if (text.length >= MAX_ARG_STRLEN) return -E2BIG;
      if (nul >= 0) return text;
      next += PAGE_SIZE - at;
    }
  }
}

/** A NULL-terminated vector of string pointers in guest memory; null is an empty vector. */
export function readStrings(
  task: Task,
  vector: number,
  budget: { left: number },
): string[] | number {
  const strings: string[] = [];
  if (vector === 0) return strings;
  const pages = new Pages(task);
  for (let at = vector; ; at += 8) {
    const pointer = pages.pointer(at);
    if (Number.isNaN(pointer)) return -EFAULT;
    if (pointer === 0) return strings;
    const text = pages.string(pointer);
    if (typeof text === "number") return text;
    budget.left -= text.length + 9;
    if (budget.left < 0) return -E2BIG;
    strings.push(text);
  }
}

export function argumentBudget(task: Task): { left: number } {
  const quarter = task.group.limits.soft(RLIMIT_STACK) / 4;
  return { left: Math.min(Math.max(quarter, ARG_MIN), ARG_CEILING) };
}
