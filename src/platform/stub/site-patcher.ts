/**
 * SitePatcher: a stopped thread as the patching of its space's call sites sees it: what it can write and
 * map, when its traps are counted, and what is said of it when it stops where only patching leads.
 */
import { SIGTRAP } from "../../abi/signal.ts";
import { Reg } from "../contract.ts";
import { NR } from "./commands.ts";
import type { Patcher } from "./patch/patches.ts";
import type { StubThread } from "./thread.ts";

export class SitePatcher implements Patcher {
  readonly #thread: StubThread;

  constructor(thread: StubThread) {
    this.#thread = thread;
  }

  /** Its system call trapped: worth patching its site? */
  noteTrap(): void {
    const thread = this.#thread;
    thread.space.patches?.trapped(this, thread.register(Reg.rip), thread.registerLow(Reg.rax));
  }

  /** A breakpoint that stood at its place only while the site was replaced: back to the site's beginning. */
  isAtBreakpoint(): boolean {
    const { fault, space } = this.#thread;
    const ip = this.#thread.register(Reg.rip);
    if (fault.signo !== SIGTRAP || space.patches?.wasReplaced(this, ip) !== true) return false;
    this.#thread.setRegister(Reg.rip, ip - 1);
    return true;
  }

  /** It stopped with a frame: our trampolines are no place that a guest can be at. */
  leaveTrampoline(): void {
    const thread = this.#thread;
    thread.frameIp = thread.rawIp();
    const place = this.placeOf(thread.frameIp);
    if (place !== thread.frameIp) thread.setRegister(Reg.rip, place);
  }

  /**
   * It is new, with a copy of the frame of whoever made it, whose call may have been patched since it
   * was made: then the frame's place is one that nobody may go on at.
   */
  adoptFrame(): void {
    this.leaveTrampoline();
    this.#relocateFrame();
  }

  /** A frame is about to be made of its registers: with a place of the guest's own. */
  prepareFrame(): void {
    this.leaveTrampoline();
    this.#thread.frameIp = this.#thread.rawIp();
    this.#relocateFrame();
  }

  /** What is behind the frame's place may have moved. */
  #relocateFrame(): void {
    const { frameIp, space } = this.#thread;
    const { patches } = space;
    this.#thread.isRelocated = patches !== null && patches.exitFor(frameIp) !== frameIp;
  }

  /** Where in the guest's own code `ip` is. */
  placeOf(ip: number): number {
    const { patches } = this.#thread.space;
    return patches === null ? ip : patches.placeOf(ip);
  }

  /** It is about to go on with its registers: what is behind its place may have moved. */
  enterTrampoline(): void {
    const { patches } = this.#thread.space;
    if (patches === null || patches.count === 0) return;
    const ip = this.#thread.rawIp();
    const exit = patches.exitFor(ip);
    if (exit !== ip) this.#thread.setRegister(Reg.rip, exit);
  }

  relocate(start: number, end: number): void {
    for (const thread of this.#thread.space.threads) {
      if (thread === null || !thread.stopped) continue;
      const ip = thread.hasFrame ? thread.frameIp : thread.rawIp();
      if (ip < start || ip >= end) continue;
      // A frame has a place of its own, which only a resume with all registers changes.
      if (thread.hasFrame) thread.isRelocated = true;
      else thread.setRegister(Reg.rip, this.placeOf(ip));
    }
  }

  get hasCompany(): boolean {
    return this.#thread.space.running > 0;
  }

  rawMmap(address: number, length: number, prot: number, flags: number): number {
    return this.#thread.commands.callNow(NR.mmap, address, length, prot, flags, -1, 0);
  }

  membarrier(command: number): number {
    return this.#thread.membarrier(command);
  }

  writeText(address: number, bytes: Uint8Array): boolean {
    return this.#thread.space.writeRaw(address, bytes, 0, bytes.length) === bytes.length;
  }

  readText(address: number, length: number): Uint8Array | null {
    const bytes = new Uint8Array(length);
    return this.#thread.space.readRaw(address, bytes, 0, length) === length ? bytes : null;
  }
}
