/**
 * Strace: prints system calls as they complete, to a host descriptor (`do --strace`). A call that
 * waits is printed when it completes; one that never returns (exit) when it is made.
 */
import { keepReasons, takeReason } from "../base/refuse.ts";
import type { Host } from "../host/host.ts";
import { HANDLED } from "../kernel/task/park.ts";
import type { Task } from "../kernel/task/task.ts";
import type { SyscallTracer } from "../syscalls/dispatch.ts";
import type { Row } from "../syscalls/row.ts";
import {
  formatCall,
  formatLastSight,
  formatUnknown,
  type GuestReader,
} from "../syscalls/strace.ts";

class TaskReader implements GuestReader {
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
  }

  read(address: number, length: number): Uint8Array | null {
    return this.#task.mm.read(address, length);
  }

  cstring(address: number, max: number): string | null {
    const { mm } = this.#task;
    const text = mm.readString(address, max);
    if (typeof text === "string") return text;
    // Longer than what is shown: its beginning will do.
    const bytes = text === -1 ? mm.read(address, max) : null;
    return bytes === null ? null : String.fromCharCode(...bytes);
  }
}

export interface StraceChoice {
  /** Names to print; empty prints all. */
  readonly names: readonly string[];
  /** Bytes of data that are shown; strace(1) shows 32. */
  readonly length?: number | undefined;
  /** Makes a line of a log of it; by default it is a line as it is. */
  readonly line?: ((text: string) => string) | undefined;
}

const DEFAULT_LENGTH = 32;

export class Strace implements SyscallTracer {
  readonly #host: Host;
  readonly #fd: number;
  readonly #length: number;
  readonly #line: (text: string) => string;
  /** Names to print; empty prints all. */
  readonly #names: ReadonlySet<string>;
  /** Calls that may replace the memory in which their arguments lie, as they were when they were made. */
  readonly #execs = new WeakMap<Task, string>();

  constructor(host: Host, fd: number, choice: StraceChoice) {
    this.#host = host;
    this.#fd = fd;
    this.#names = new Set(choice.names);
    this.#length = choice.length ?? DEFAULT_LENGTH;
    this.#line = choice.line ?? ((text) => `${text}\n`);
    keepReasons(true);
  }

  entered(task: Task, row: Row | null): void {
    takeReason();
    if (row === null || !this.#wants(row)) return;
    const { name } = row;
    // These never come back to tell.
    if (name === "exit_group" || name === "exit")
      this.#print(task, this.#format(task, row, null, ""));
    else if (name === "execve" || name === "execveat")
      this.#execs.set(
        task,
        formatLastSight(row, [...task.args], new TaskReader(task), this.#length),
      );
  }

  completed(task: Task, row: Row | null, result: number): void {
    const reason = takeReason();
    if (!this.#wants(row)) return;
    // What the call wrote is shown from guest memory: it has to be there by then.
    task.thread.settle();
    if (row === null) this.#print(task, formatUnknown(task.syscallNr, [...task.args], result));
    else if (result === HANDLED) this.#replaced(task);
    else this.#print(task, this.#format(task, row, result, reason));
  }

  #format(task: Task, row: Row, result: number | null, reason: string): string {
    const options = { reason, stringLimit: this.#length };
    return formatCall(row, [...task.args], result, new TaskReader(task), options);
  }

  #replaced(task: Task): void {
    const call = this.#execs.get(task);
    if (call === undefined) return;
    this.#execs.delete(task);
    this.#print(task, `${call} = 0`);
  }

  #wants(row: Row | null): boolean {
    return this.#names.size === 0 || (row !== null && this.#names.has(row.name));
  }

  #print(task: Task, line: string): void {
    const text = this.#line(`[${task.tid}] ${task.comm}: ${line}`);
    this.#host.write(
      this.#fd,
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
    );
  }
}
