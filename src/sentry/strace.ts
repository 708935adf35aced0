/**
 * Strace: prints system calls as they complete, to a host descriptor (\`do --strace\`). A call that
 * waits is printed when it completes; one that never returns (exit) when it is made.
 */
import { keepReasons, takeReason } from "../base/refuse.ts";
import type { Host } from "../host/host.ts";
import { HANDLED } from "../kernel/task/park.ts";
import type { Task } from "../kernel/task/task.ts";
import type { SyscallTracer } from "../syscalls/dispatch.ts";
import type { Row } from "../syscalls/row.ts";
import { formatCall, formatUnknown, type GuestReader } from "../syscalls/strace.ts";

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

export class Strace implements SyscallTracer {
  readonly #host: Host;
  readonly #fd: number;
  /** Names to print; empty prints all. */
  readonly #names: ReadonlySet<string>;

  constructor(host: Host, fd: number, names: readonly string[]) {
    this.#host = host;
    this.#fd = fd;
    this.#names = new Set(names);
    keepReasons(true);
  }

  entered(task: Task, row: Row | null): void {
    takeReason();
    // These never come back to tell: their memory is gone by then.
    const leaves =
      row !== null && (row.name === "exit_group" || row.name === "exit" || row.name === "execve");
    if (leaves && this.#wants(row))
      this.#print(task, formatCall(row, [...task.args], null, new TaskReader(task)));
  }

  completed(task: Task, row: Row | null, result: number): void {
    const reason = takeReason();
    if (!this.#wants(row)) return;
    if (row === null) this.#print(task, formatUnknown(task.syscallNr, [...task.args], result));
    else if (result !== HANDLED)
      this.#print(task, formatCall(row, [...task.args], result, new TaskReader(task), { reason }));
  }

  #wants(row: Row | null): boolean {
    return this.#names.size === 0 || (row !== null && this.#names.has(row.name));
  }

  #print(task: Task, line: string): void {
    const text = `[${task.tid}] ${task.comm}: ${line}\n`;
    this.#host.write(
      this.#fd,
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
    );
  }
}
