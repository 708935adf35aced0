/**
 * Dispatch: the system-call table as the kernel's loop uses it. Decodes registers into the task's
 * arguments, calls the row's handler, and tells the tracer. A call without a handler is ENOSYS, and
 * is reported once per run.
 */
import { ENOSYS } from "../abi/errno.ts";
import { refuse } from "../base/refuse.ts";
import type { SyscallTable } from "../kernel/kernel.ts";
import type { Task } from "../kernel/task/task.ts";
import { decodeArgs, type Row } from "./row.ts";
import { table } from "./table.ts";

/** Hears of every call; null costs nothing. */
export interface SyscallTracer {
  entered(task: Task, row: Row | null): void;
  completed(task: Task, row: Row | null, result: number): void;
}

export class Dispatch implements SyscallTable {
  readonly #rows: readonly (Row | undefined)[] = table;
  readonly #reported = new Set<number>();
  readonly #report: (message: string) => void;
  tracer: SyscallTracer | null = null;

  /** `report` gets one sentence per call that is not implemented. */
  constructor(report: (message: string) => void) {
    this.#report = report;
  }

  decode(task: Task): boolean {
    const row = this.#rows[task.syscallNr];
    if (row === undefined) {
      this.tracer?.entered(task, null);
      return false;
    }
    const { thread } = task;
    decodeArgs(row, task.kernel.platform.words, thread.registers, task.args);
    this.tracer?.entered(task, row);
    return true;
  }

  invoke(task: Task): number {
    const row = this.#rows[task.syscallNr]!;
    const { run } = row;
    if (run === null) return this.#missing(row);
    const a = task.args;
    return run(task, a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!);
  }

  completed(task: Task, result: number): void {
    const row = this.#rows[task.syscallNr];
    if (this.tracer !== null) this.tracer.completed(task, row ?? null, result);
    else if (row?.isRemembered === true && task.seccomp === null)
      task.thread.remember(row.x64, result);
  }

  #missing(row: Row): number {
    if (row.inLinux && !this.#reported.has(row.x64)) {
      this.#reported.add(row.x64);
      this.#report(
        `system call ${row.name} (${row.x64}) is not implemented; the program got ENOSYS`,
      );
    }
    return refuse(ENOSYS, `${row.name} is not implemented`);
  }
}
