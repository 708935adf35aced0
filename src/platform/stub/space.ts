/**
 * StubSpace: a guest address space that is one stub process.
 *  - its slot memory (a sealed memfd, windowed into the arena in banks of 1 MiB);
 *  - its control socket, its pidfd and its /proc/PID/mem, which name the process beyond any reuse of
 *    its pid. The pid itself is the host's word (SCM_CREDENTIALS of HELLO), never the stub's.
 * Guest memory is reached through /proc/PID/mem only: it works without privilege where
 * process_vm_readv does not, and it pins the memory rather than the number.
 */
import { KernelBug } from "../../base/failure.ts";
import { BANK_SIZE } from "../../host/arena.ts";
import type { AddressSpace } from "../contract.ts";
import { BounceBuffers } from "./bounce.ts";
import type { Commands } from "./commands.ts";
import type { Family } from "./family.ts";
import { ANSWER, ANSWERED, BOUNCE_AT, CHUNK, SLOT } from "./layout.ts";
import type { Patches } from "./patch/patches.ts";
import type { StubPlatform } from "./platform.ts";
import { StubThread } from "./thread.ts";

const O_RDWR_CLOEXEC = 0o2000002;
const SIGKILL = 9;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const SLOTS_PER_BANK = BANK_SIZE / CHUNK;
const SLOT_LIMIT = BOUNCE_AT / CHUNK;
const ANSWERS_SIZE = ANSWERED.length * ANSWER.size;

export class StubSpace implements AddressSpace {
  readonly id: number;
  readonly control: number;
  readonly memoryFd: number;
  /** Host pid, 0 until HELLO. */
  pid = 0;
  pidfd = -1;
  alive = true;
  /** Null for what nobody has said it of: it is of the first. */
  family: Family | null = null;
  /** It broke the protocol and is about to die: it is not asked for anything any more. */
  isCondemned = false;
  /** Threads that run guest code or owe us a first post: the space is scanned while > 0. */
  running = 0;
  threadCount = 0;
  /** Memory operations that have not been made yet. */
  deferring: Commands | null = null;
  readonly bounce: BounceBuffers;
  /** Its patched system call sites; null where sites cannot be patched. */
  patches: Patches | null = null;
  readonly threads: (StubThread | null)[] = new Array(FIRST_THREADS).fill(null);
  readonly #banks: number[] = [];
  readonly #platform: StubPlatform;
  #memFd = -1;

  constructor(platform: StubPlatform, id: number, memoryFd: number, control: number) {
    this.#platform = platform;
    this.id = id;
    this.memoryFd = memoryFd;
    this.control = control;
    this.bounce = new BounceBuffers(platform);
    if (!this.#bank(0)) throw new KernelBug("no room in the arena for a new address space");
  }

  /** Arena offset of the header chunk. */
  get header(): number {
    return this.#banks[0]!;
  }

  /** The process said HELLO: learn who it is from the host. False when it is already gone. */
  meet(): boolean {
    if (this.pid !== 0) return true;
    const host = this.#platform.host;
    const pid = host.receiveSender(this.control);
    if (pid <= 0 || this.#platform.processes.isKnown(pid)) return false;
    const pidfd = host.pidfdOpen(pid);
    if (pidfd < 0) return false;
    const memFd = host.openProcess(pid, "mem", O_RDWR_CLOEXEC);
    // Whoever sent HELLO may be dead, and its number another's. The descriptors are right if the
    // process is a stub now and the one behind the pidfd lives after that.
    const isOurs = this.#platform.ownsStub(pid) && host.poll(pidfd, EPOLLIN) === 0;
    if (!isOurs || memFd < 0) {
      if (isOurs) host.pidfdSendSignal(pidfd, SIGKILL);
      if (memFd >= 0) host.close(memFd);
      host.close(pidfd);
      return false;
    }
    this.#memFd = memFd;
    this.pid = pid;
    this.pidfd = pidfd;
    this.#platform.processes.watchDeath(this);
    return true;
  }

  read(address: number, into: Uint8Array, at: number, length: number): number {
    const done = this.#transfer(address, into, at, length, true);
    this.patches?.mask(address, into, at, done);
    return done;
  }

  write(address: number, from: Uint8Array, at: number, length: number): number {
    const patcher = this.patches?.count
      ? this.threads.find((thread) => thread?.stopped)?.patcher
      : null;
    if (patcher != null) this.patches?.restore(patcher, address, address + length);
    return this.#transfer(address, from, at, length, false);
  }

  /** As the memory has it, patched sites included. */
  readRaw(address: number, into: Uint8Array, at: number, length: number): number {
    return this.#transfer(address, into, at, length, true);
  }

  writeRaw(address: number, from: Uint8Array, at: number, length: number): number {
    return this.#transfer(address, from, at, length, false);
  }

  #transfer(
    address: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    isRead: boolean,
  ): number {
    if (this.#memFd < 0) return 0;
    this.deferring?.flush();
    const host = this.#platform.host;
    const bounce = bytes.buffer !== this.#platform.arena.buffer;
    let done = 0;
    while (done < length) {
      const want = bounce ? Math.min(length - done, host.io.length) : length - done;
      const part = bytes.subarray(at + done, at + done + want);
      const n = isRead
        ? host.pread(this.#memFd, part, address + done)
        : host.pwrite(this.#memFd, part, address + done);
      if (n <= 0) break;
      done += n;
    }
    return done;
  }

  cpuNs(): number {
    return this.pid === 0 || !this.alive ? 0 : this.#platform.host.processCpuNs(this.pid);
  }

  // --- threads --------------------------------------------------------------------------------

  /** A thread object for exactly this slot (a forked child keeps its parent's). */
  adopt(slot: number): StubThread | null {
    const at = this.#slotAt(slot);
    if (at < 0) return null;
    const thread = new StubThread(this.#platform, this, slot, at);
    // Not a CLEARTID thread: its slot is never free again, even when others of its process live on.
    this.#platform.words[(at + SLOT.exited) >> 2] = 1;
    // Whoever had the slot before was somebody else.
    this.#platform.words.fill(0, (at + SLOT.answers) >> 2, (at + SLOT.answers + ANSWERS_SIZE) >> 2);
    while (this.threads.length <= slot) this.threads.push(null);
    this.threads[slot] = thread;
    this.threadCount++;
    return thread;
  }

  /** A thread object in a free slot, or null when there is none. */
  newThread(): StubThread | null {
    for (let slot = 1; slot < SLOT_LIMIT; slot++) {
      if (this.threads[slot] != null) continue;
      const at = this.#slotAt(slot);
      if (at < 0) return null;
      // A thread that exited is really gone only when the host cleared its word.
      if (this.#platform.words[(at + SLOT.exited) >> 2] !== 0) continue;
      return this.adopt(slot);
    }
    return null;
  }

  threadGone(thread: StubThread): void {
    if (this.threads[thread.slot] === thread) this.forget(thread);
  }

  forget(thread: StubThread): void {
    this.bounce.giveAll(thread);
    this.threads[thread.slot] = null;
    this.threadCount--;
  }

  // --- end ------------------------------------------------------------------------------------

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const thread of this.threads) if (thread !== null) thread.state = "dead";
    this.#platform.spaceDied(this);
    // Before HELLO nobody knows whom to kill: it is met, and killed, when HELLO comes.
    if (this.meet()) this.finish();
    else this.#platform.processes.doom(this);
  }

  /** The process is known, or known never to come: end it and give everything back. */
  finish(): void {
    if (this.pidfd >= 0) this.#platform.host.pidfdSendSignal(this.pidfd, SIGKILL);
    this.#release();
  }

  #release(): void {
    const host = this.#platform.host;
    for (const bank of this.#banks) this.#platform.arena.unmapBank(bank);
    this.#banks.length = 0;
    this.bounce.release();
    host.close(this.control);
    host.close(this.memoryFd);
    if (this.#memFd >= 0) host.close(this.#memFd);
    this.#memFd = -1;
  }

  #slotAt(slot: number): number {
    const bank = Math.floor(slot / SLOTS_PER_BANK);
    if (!this.#bank(bank)) return -1;
    return this.#banks[bank]! + (slot % SLOTS_PER_BANK) * CHUNK;
  }

  #bank(index: number): boolean {
    while (this.#banks.length <= index) {
      const at = this.#platform.arena.mapBank(this.memoryFd, this.#banks.length * BANK_SIZE);
      if (at < 0) return false;
      this.#banks.push(at);
    }
    return true;
  }
}

const FIRST_THREADS = 2;

export const EPOLL = { add: EPOLL_CTL_ADD, remove: EPOLL_CTL_DEL, in: EPOLLIN };
