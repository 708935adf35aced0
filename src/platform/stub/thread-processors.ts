/**
 * ThreadProcessors: on which processors one guest thread runs: those that its guest wants, without the
 * kernel's own when it has one (placement.ts). Only the thread itself may tell the host: the kernel has
 * no power over stubs of another user.
 */
import { CPU_SET_BYTES, writeCpuSet } from "../../host/bytes.ts";
import { NR } from "./commands.ts";
import { BATCH_OFFSET } from "./layout.ts";
import type { StubPlatform } from "./platform.ts";
import type { StubThread } from "./thread.ts";

export class ThreadProcessors {
  readonly #platform: StubPlatform;
  /** Host numbers; null for all. */
  #wanted: readonly number[] | null = null;
  /** What the host was told. */
  #told: readonly number[];
  /** The generation of Placement for which that was right; -1 when it has to be looked at again. */
  #generation = 0;

  constructor(platform: StubPlatform) {
    this.#platform = platform;
    this.#told = platform.cpuNumbers;
  }

  /** The host gives a new thread the processors of who made it. */
  inherit(parent: ThreadProcessors): void {
    this.#wanted = parent.#wanted;
    this.#told = parent.#told;
    this.#generation = parent.#generation;
  }

  /** The guest's choice, by its own numbers; apply() makes it so. */
  want(cpus: readonly boolean[]): void {
    this.#wanted = this.#platform.cpuNumbers.filter((_, index) => cpus[index] === true);
    this.#generation = -1;
  }

  /** May it run there, for all that the host was told? */
  includes(processor: number): boolean {
    return this.#told.includes(processor);
  }

  /** Tell the host, by the stopped `thread`, what it does not know yet. */
  apply(thread: StubThread): void {
    const { placement, cpuNumbers, arena } = this.#platform;
    if (this.#generation === placement.generation) return;
    this.#generation = placement.generation;
    const processors = placement.choose(this.#wanted ?? cpuNumbers);
    if (processors.join() === this.#told.join()) return;
    this.#told = processors;
    writeCpuSet(arena.u8, thread.at + BATCH_OFFSET, processors);
    const mask = thread.inside + BATCH_OFFSET;
    thread.commands.call(NR.schedSetaffinity, 0, CPU_SET_BYTES, mask);
  }
}
