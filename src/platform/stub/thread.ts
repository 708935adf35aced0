/**
 * StubThread: a guest thread that is one host thread of a stub process, seen through its slot.
 *
 * A private state machine per slot decides what the stub may say next; anything else kills the
 * space. `running` → (post) → `stopped` → (reply) → `running`; commands stay within `stopped`: reply,
 * then wait for RESULT with a deadline. What the slot holds is read once and never trusted.
 */
import { EAGAIN, EFAULT, EINVAL, ENOMEM } from "../../abi/errno.ts";
import { writeI64 } from "../../host/bytes.ts";
import { type Fault, type GuestThread, Reg } from "../contract.ts";
import { Commands, NR } from "./commands.ts";
import {
  ANSWER,
  ANSWERED,
  CHUNK,
  COMMAND,
  RESUME_REGS,
  SIG_INTERRUPT,
  SLOT,
  STUB_SLOTS,
} from "./layout.ts";
import type { TextFile } from "./patch/text-file.ts";
import type { StubPlatform } from "./platform.ts";
import { SlotRegisters } from "./registers.ts";
import { SitePatcher } from "./site-patcher.ts";
import type { StubSpace } from "./space.ts";
import { ThreadProcessors } from "./thread-processors.ts";

const MREMAP_FIXED = 2;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_PRIVATE = 2;
const ARCH_SET_GS = 0x1001;
const ARCH_GET_GS = 0x1004;
const NO_BASE = new Uint8Array(8);

export type SlotState = "starting" | "running" | "stopped" | "dead";

export class StubThread extends SlotRegisters implements GuestThread {
  readonly space: StubSpace;
  readonly slot: number;
  owner: unknown = null;
  state: SlotState = "starting";
  /** It stopped with a signal frame, in which all its state lies. After a call from a patched site not. */
  hasFrame = true;
  /** Where its frame says that it is; and whether it must go on elsewhere. */
  frameIp = 0;
  isRelocated = false;
  /** The guest gave it a GS base of its own. */
  #hasGs = false;
  /** How many spans the stub copied for the current system call. */
  spans = 0;
  /** The last request sequence that was answered for; guarded against replays. */
  seen = 0;
  /** Belongs to a process that no exec has taken yet. */
  isSpare = false;
  /** When an unanswered interrupt was first sent (ms, monotonic), or 0. */
  interruptedAt = 0;
  /** Its processor time when the interrupt was overdue; -1 before that. */
  interruptedCpuNs = -1;
  readonly fault: Fault = { signo: 0, code: 0, address: 0, error: 0, trap: 0 };
  /** Arena offset of the slot. */
  readonly at: number;
  readonly commands: Commands;
  readonly patcher: SitePatcher;
  readonly processors: ThreadProcessors;
  readonly #platform: StubPlatform;

  constructor(platform: StubPlatform, space: StubSpace, slot: number, at: number) {
    super(platform.words, at);
    this.#platform = platform;
    this.space = space;
    this.slot = slot;
    this.at = at;
    this.commands = new Commands(platform, this);
    this.patcher = new SitePatcher(this);
    this.processors = new ThreadProcessors(platform);
    this.seen = platform.words[(at + SLOT.reqSeq) >> 2]!;
  }

  get stopped(): boolean {
    return this.state === "stopped";
  }

  override register(index: number): number {
    // Without a frame the place that the call returns to may be one of ours.
    if (index === Reg.rip && !this.hasFrame) return this.patcher.placeOf(this.rawIp());
    return super.register(index);
  }

  // --- running --------------------------------------------------------------------------------

  resume(result: number): void {
    this.processors.apply(this); // a command, so before the answer is in the slot
    if (this.isRelocated) {
      this.setRegister(Reg.rax, result);
      return this.resumeRegisters();
    }
    writeI64(this.#platform.view, this.at + SLOT.result, result);
    this.#go(0);
  }

  resumeRegisters(): void {
    this.processors.apply(this);
    this.#needFrame();
    this.patcher.enterTrampoline();
    this.#go(RESUME_REGS);
  }

  /** Have a signal frame made of a thread that came without one. */
  #needFrame(): void {
    if (this.hasFrame) return;
    this.hasFrame = true;
    this.patcher.prepareFrame();
    this.commands.run(COMMAND.frame);
  }

  #go(flags: number): void {
    if (this.state !== "stopped") return; // its space died meanwhile
    const words = this.#platform.words;
    words[(this.at + SLOT.flags) >> 2] = flags;
    words[(this.at + SLOT.command) >> 2] = COMMAND.resume;
    words[(this.at + SLOT.parked) >> 2] = 0;
    this.#platform.window.publish(this);
    this.state = "running";
    this.#platform.threadRuns(this.space);
    this.#platform.gateway.reply(this.at);
  }

  park(): void {
    if (this.state === "stopped") this.#platform.words[(this.at + SLOT.parked) >> 2] = 1;
  }

  interrupt(): void {
    if (this.state !== "running" || this.interruptedAt !== 0) return;
    this.interruptedAt = this.#platform.nowMs();
    this.interruptedCpuNs = -1;
    this.#platform.interrupts.add(this);
    this.sendInterrupt();
  }

  sendInterrupt(): void {
    const { host, warden } = this.#platform;
    const claimed = this.#platform.words[(this.at + SLOT.tid) >> 2]!;
    if (claimed <= 0) return;
    // The host checks that the thread belongs to this very process.
    const { pid } = this.space;
    const rc = host.tgkill(pid, warden.hostTid(pid, claimed), SIG_INTERRUPT);
    // A number inside can belong to another thread by now.
    if (rc < 0 && warden.namespaces > 0)
      host.tgkill(pid, warden.hostTid(pid, claimed, true), SIG_INTERRUPT);
  }

  // --- copies of the current call -------------------------------------------------------------

  copyIn(address: number, into: Uint8Array, at: number, length: number): number {
    return this.#platform.window.copyIn(this, address, into, at, length, false);
  }

  copyStringIn(address: number, into: Uint8Array, at: number, length: number): number {
    return this.#platform.window.copyIn(this, address, into, at, length, true);
  }

  copyOut(address: number, from: Uint8Array, at: number, length: number): number {
    return this.#platform.window.copyOut(this, address, from, at, length);
  }

  settle(): void {
    this.#platform.window.settle();
  }

  remember(nr: number, result: number): void {
    const index = ANSWERED.indexOf(nr);
    if (index < 0) return;
    const { words, answersEpoch } = this.#platform;
    const at = (this.at + SLOT.answers + index * ANSWER.size) >> 2;
    words[at + 1] = result;
    words[at] = answersEpoch;
  }

  exit(): void {
    if (this.state === "stopped") {
      this.#platform.words[(this.at + SLOT.command) >> 2] = COMMAND.exit;
      this.#platform.gateway.reply(this.at);
    }
    this.state = "dead";
    this.space.threadGone(this);
  }

  // --- memory operations ----------------------------------------------------------------------

  deferMemoryOperations(): void {
    this.commands.defer();
  }

  finishMemoryOperations(): number {
    return this.commands.finish();
  }

  mmap(
    address: number,
    length: number,
    prot: number,
    flags: number,
    hostFd: number,
    offset: number,
  ): number {
    const { patches } = this.space;
    patches?.replacing(this.patcher, address, address + length);
    const file = patches === null ? null : this.#textOf(prot, flags, hostFd);
    const copy = file === null || patches?.isOff ? null : file.copyOf(offset, length);
    const fd = copy?.fd ?? hostFd;
    const rc =
      fd < 0
        ? this.commands.call(NR.mmap, address, length, prot, flags, -1, 0)
        : this.commands.mmapFile(address, length, prot, flags, fd, copy === null ? offset : 0);
    if (rc < 0 || patches === null) return rc;
    patches.forget(address, address + length);
    if (file !== null) patches.mapped(address, address + length, file, offset, copy);
    return rc;
  }

  /** The file of a mapping that may be executed and is not written: one whose sites may be patched. */
  #textOf(prot: number, flags: number, hostFd: number): TextFile | null {
    const isText = (prot & (PROT_EXEC | PROT_WRITE)) === PROT_EXEC;
    if (!isText || hostFd < 0 || (flags & MAP_PRIVATE) === 0) return null;
    return this.#platform.textFiles.of(hostFd);
  }

  munmap(address: number, length: number): number {
    const { patches } = this.space;
    patches?.replacing(this.patcher, address, address + length);
    const rc = this.commands.call(NR.munmap, address, length);
    if (rc >= 0) patches?.forget(address, address + length);
    return rc;
  }

  mprotect(address: number, length: number, prot: number): number {
    const { patches } = this.space;
    const staysText = (prot & (PROT_EXEC | PROT_WRITE)) === PROT_EXEC;
    if (!staysText) patches?.restore(this.patcher, address, address + length);
    const rc = this.commands.call(NR.mprotect, address, length, prot);
    if (!staysText) patches?.forget(address, address + length);
    return rc;
  }

  mremap(from: number, oldLength: number, newLength: number, flags: number, to: number): number {
    if (flags !== 0 && (flags & MREMAP_FIXED) === 0) return -EINVAL; // the kernel picks addresses
    const { patches } = this.space;
    patches?.restore(this.patcher, from, from + oldLength);
    if (flags !== 0) patches?.replacing(this.patcher, to, to + newLength);
    const rc = this.commands.callNow(NR.mremap, from, oldLength, newLength, flags, to);
    patches?.forget(from, from + oldLength);
    if (flags !== 0) patches?.forget(to, to + newLength);
    return rc;
  }

  madvise(address: number, length: number, advice: number): number {
    return this.commands.callNow(NR.madvise, address, length, advice);
  }

  msync(address: number, length: number, flags: number): number {
    return this.commands.callNow(NR.msync, address, length, flags);
  }

  mincore(address: number, length: number, vector: number): number {
    return this.commands.callNow(NR.mincore, address, length, vector);
  }

  membarrier(command: number): number {
    return this.commands.callNow(NR.membarrier, command, 0, 0);
  }

  compareExchange(address: number, expected: number, value: number): number {
    this.commands.flush();
    this.commands.argument(0, address);
    this.commands.argument(1, expected);
    this.commands.argument(2, value);
    return this.commands.run(COMMAND.exchange);
  }

  rseq(address: number, length: number, flags: number, signature: number): number {
    return this.commands.call(NR.rseq, address, length, flags, signature);
  }

  setBase(code: number, value: number): number {
    const { patches } = this.space;
    if (code !== ARCH_SET_GS || patches === null)
      return this.commands.call(NR.archPrctl, code, value);
    if (value === 0 && !patches.isOff) return 0;
    // A guest that has given it back, and has no other thread, is one that never wanted it.
    const isReturned = value === 0 && this.space.threadCount === 1;
    if (!isReturned) patches.restore(this.patcher, 0, Infinity);
    patches.isOff = !isReturned;
    this.#hasGs = !isReturned;
    return this.commands.call(NR.archPrctl, code, isReturned ? this.inside : value);
  }

  getBase(code: number, scratch: number): number {
    if (code !== ARCH_GET_GS || this.#hasGs || this.space.patches === null)
      return this.commands.callNow(NR.archPrctl, code, scratch);
    return this.space.write(scratch, NO_BASE, 0, NO_BASE.length) === NO_BASE.length ? 0 : -EFAULT;
  }

  /** Where its slot lies in the stub: also its GS base. */
  get inside(): number {
    return STUB_SLOTS + this.slot * CHUNK;
  }

  // --- floating point -------------------------------------------------------------------------

  readFpState(): Uint8Array | null {
    this.#needFrame();
    return this.#platform.fpstate.read(this);
  }

  writeFpState(image: Uint8Array | null): boolean {
    this.#needFrame();
    return this.#platform.fpstate.write(this, image);
  }

  setAffinity(cpus: readonly boolean[]): void {
    this.processors.want(cpus);
    if (this.state === "stopped") this.processors.apply(this);
  }

  cpuNs(): number {
    const tid = this.#platform.words[(this.at + SLOT.tid) >> 2]!;
    if (!this.space.alive || tid <= 0) return 0;
    const { host, warden } = this.#platform;
    return host.threadCpuNs(this.space.pid, warden.hostTid(this.space.pid, tid));
  }

  // --- new threads and spaces -----------------------------------------------------------------

  clone(fsBase: number | null): StubThread | number {
    this.#needFrame();
    const thread = this.space.newThread();
    if (thread === null) return -EAGAIN;
    const { patches } = this.space;
    const isOurs = patches !== null && !patches.isOff;
    thread.#hasGs = !isOurs && this.#hasGs;
    thread.processors.inherit(this.processors);
    thread.commands.argument(3, isOurs ? 1 : 0);
    this.commands.argument(0, thread.slot);
    this.commands.argument(1, fsBase ?? 0);
    this.commands.argument(2, fsBase === null ? 0 : 1);
    const rc = this.commands.run(COMMAND.thread);
    if (rc < 0) {
      this.space.forget(thread);
      return rc;
    }
    this.#platform.threadRuns(this.space);
    return thread;
  }

  fork(): StubThread | number {
    this.#needFrame();
    const made = this.#platform.nursery.makeSpace();
    if (typeof made === "number") return made;
    const { host } = this.#platform;
    const { space } = made;
    const sent = Math.min(
      host.sendDescriptor(this.space.control, made.memoryFd),
      host.sendDescriptor(this.space.control, made.stubControl),
    );
    host.close(made.stubControl);
    const thread = sent < 0 ? null : space.adopt(this.slot);
    if (thread === null) {
      space.kill();
      return sent < 0 ? sent : -ENOMEM;
    }
    this.commands.argument(0, this.#platform.warden.pidInside);
    const pid = this.commands.run(COMMAND.fork);
    if (pid < 0) {
      space.kill();
      return pid;
    }
    space.patches = this.space.patches?.fork() ?? null;
    space.family = this.space.family;
    thread.#hasGs = this.#hasGs;
    thread.processors.inherit(this.processors);
    this.#platform.threadRuns(space);
    return thread;
  }
}
