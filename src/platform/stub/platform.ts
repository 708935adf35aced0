/**
 * StubPlatform: guest code in stub processes (docs/architecture.md, "The platform").
 *
 * start() sets up the doorbell, the kernel page and the epoll set and spawns the warden; meet() meets the
 * template, of which every later space is a copy (nursery.ts). wait() is the kernel's one place to spin
 * or sleep; it also carries host events (descriptors of `watch`) to their listeners, and sees stubs die.
 */
import { HostError, KernelBug } from "../../base/failure.ts";
import type { Arena } from "../../host/arena.ts";
import type { Gateway } from "../../host/gateway.ts";
import type { Host } from "../../host/host.ts";
import type { AddressSpace, ArgumentRead, Platform } from "../contract.ts";
import { STOP_DEAD, type Stop } from "../contract.ts";
import type { CallStats } from "./call-stats.ts";
import { FpState } from "./fpstate.ts";
import { INTERRUPT_AGAIN_NS, Interrupts } from "./interrupts.ts";
import {
  FIRST_SLOT,
  GUEST_END,
  HINT,
  HINT_CALLS,
  HINT_KIND,
  HINTS,
  KERNEL_PAGE_SIZE,
  MAY_SPIN,
  PAGE,
  SLOT,
  SPIN_LONG,
  WAIT,
  WAIT_SPACES,
} from "./layout.ts";
import { must, Nursery } from "./nursery.ts";
import { TextFiles } from "./patch/text-files.ts";
import { type LoopWindow, Placement, WINDOW_NS } from "./placement.ts";
import { Posts } from "./posts.ts";
import { Processes } from "./processes.ts";
import { EPOLL, StubSpace } from "./space.ts";
import type { StubThread } from "./thread.ts";
import { type Isolation, NO_ISOLATION, Warden } from "./warden.ts";
import { CallWindow } from "./window.ts";

const MFD_CLOEXEC_ALLOW_SEALING = 3;
const EFD_NONBLOCK_CLOEXEC = 0o2004000;
const O_RDONLY_CLOEXEC = 0o2000000;

/** At most so many pauses; how many are worth it is learned (native/stub/spin.h). */
const STUB_SPINS = 1000;
const START_DEADLINE_MS = 10_000;
/** How many batches of posts may go by before host events get a look. */
const HOST_EVERY = 64;

/** Something in the kernel process that reacts to a host descriptor. */
export interface HostListener {
  onHostEvent(fd: number, events: number): void;
}

/** For tests, and for who looks for a mistake: do without. */
export interface StubOptions {
  /** Call sites are not patched. */
  readonly noPatching?: boolean;
  /** Nobody spins. */
  readonly noSpinning?: boolean;
}

export class StubPlatform implements Platform {
  readonly name = "stub";
  readonly guestStart: number;
  readonly guestEnd = GUEST_END;
  readonly vdso = { start: 0, entry: 0, end: 0 };
  readonly words: Int32Array;
  readonly view: DataView;
  readonly host: Host;
  readonly gateway: Gateway;
  readonly arena: Arena;
  readonly fpstate: FpState;
  readonly window: CallWindow;
  readonly textFiles: TextFiles;
  readonly scratch: Uint8Array;
  readonly scratchView: DataView;
  readonly interrupts = new Interrupts();
  readonly nursery = new Nursery(this);
  readonly processes = new Processes(this);
  readonly posts: Posts;
  warden!: Warden;

  /** Host numbers of the processors we may use; guests number them from 0 on. */
  readonly cpuNumbers: readonly number[];
  readonly placement: Placement;
  readonly #block: number;
  readonly #scanned: StubSpace[] = [];
  readonly #listeners = new Map<number, HostListener>();
  #epoll = -1;
  #doorbell = -1;
  /** The template's thread, between start() and meet(). */
  #firstborn: StubThread | null = null;
  #sinceHost = 0;

  /** Counts system calls, when somebody wants to know. */
  stats: CallStats | null = null;
  readonly #options: StubOptions;

  constructor(host: Host, mmapMinAddr: number, options: StubOptions = {}) {
    this.host = host;
    this.#options = options;
    this.gateway = host.gateway;
    this.arena = host.arena;
    this.words = host.arena.i32;
    this.view = host.arena.view;
    this.fpstate = new FpState(host.arena);
    this.posts = new Posts(this);
    this.window = new CallWindow(host.arena);
    this.textFiles = new TextFiles(host);
    this.guestStart = mmapMinAddr;
    this.cpuNumbers = this.gateway.cpus();
    this.placement = new Placement(host, this.cpuNumbers);
    this.#block = this.arena.scratch(WAIT.size);
    const scratch = this.arena.scratch(65536);
    this.scratch = this.arena.u8.subarray(scratch, scratch + 65536);
    this.scratchView = new DataView(this.arena.buffer, scratch, 65536);
  }

  // --- start ----------------------------------------------------------------------------------

  /**
   * Spawn the warden program, which brings up the template: meet() waits for that. Until then there is
   * time for other things. `vdsoAt` is where guests find the vDSO.
   */
  start(wardenPath: string, vdsoAt: number, isolation: Isolation = NO_ISOLATION): void {
    const host = this.host;
    this.#epoll = must("epoll_create1", host.epollCreate());
    this.#doorbell = must("eventfd2", host.eventfd2(0, EFD_NONBLOCK_CLOEXEC));
    must("epoll_ctl", host.epollCtl(this.#epoll, EPOLL.add, this.#doorbell, EPOLL.in));
    const page = must(
      "memfd_create",
      host.memfdCreate("tvisor-kernel-page", MFD_CLOEXEC_ALLOW_SEALING),
    );
    must("ftruncate", host.ftruncate(page, KERNEL_PAGE_SIZE));
    this.arena.mapKernelPage(page);
    // Stubs get a read-only descriptor: a mapping made from a writable one could be made writable.
    const readOnlyPage = must("open", host.reopen(page, O_RDONLY_CLOEXEC));
    this.gateway.configure(this.#epoll, this.#doorbell, this.arena.kernelPage);
    this.#setSpins();
    this.forgetAnswers();

    const made = this.nursery.makeSpace();
    if (typeof made === "number") throw new HostError("memfd_create", -made);
    const { space, memoryFd, stubControl } = made;
    const thread = space.adopt(FIRST_SLOT);
    if (thread === null) throw new KernelBug("the template has no slot");
    this.warden = new Warden(host, vdsoAt);
    this.warden.spawn(wardenPath, [this.#doorbell, stubControl, memoryFd, readOnlyPage], isolation);
    for (const fd of [stubControl, readOnlyPage, page]) host.close(fd);
    this.#firstborn = thread;
  }

  /** The template is up, or this throws; at most once. From here on there are new spaces. */
  meet(): void {
    const thread = this.#firstborn;
    if (thread === null) return;
    this.#firstborn = null;
    const { space } = thread;
    if (this.posts.await(thread, START_DEADLINE_MS) !== 0 || !space.meet())
      throw new KernelBug("the first stub did not start: see `tvisor doctor`");
    this.warden.meet(space.pid);
    this.watch(this.warden.socket, EPOLL.in, this);
    if (!this.fpstate.learn(thread))
      throw new KernelBug("the host's signal frames have no form that we know");
    this.#learnPlaces(thread);
  }

  /** Of remembered answers: those of another one are none. */
  get answersEpoch(): number {
    return this.words[(this.arena.kernelPage + PAGE.answersEpoch) >> 2]!;
  }

  forgetAnswers(): void {
    // After 2^32 changes an answer of the first epoch would hold again: that is passed by.
    this.words[(this.arena.kernelPage + PAGE.answersEpoch) >> 2] = this.answersEpoch + 1 || 1;
  }

  expect(nr: number, reads: readonly ArgumentRead[]): void {
    if (nr >= HINT_CALLS) return;
    const { u8, view, kernelPage } = this.arena;
    for (const [i, read] of reads.slice(0, HINTS).entries()) {
      const at = kernelPage + PAGE.hints + (nr * HINTS + i) * HINT.size;
      u8[at + HINT.addressRegister] = read.register;
      u8[at + HINT.lengthRegister] = read.lengthRegister;
      view.setUint32(at + HINT.unit, read.unit, true);
      u8[at + HINT.kind] = HINT_KIND[read.kind];
    }
  }

  /** What the template tells: where the vDSO is, and where patched sites may enter. */
  #learnPlaces(thread: StubThread): void {
    const f = (i: number) =>
      this.view.getUint32(thread.at + SLOT.args + 8 * i, true) +
      4294967296 * this.view.getUint32(thread.at + SLOT.args + 8 * i + 4, true);
    this.vdso.start = f(0);
    this.vdso.entry = f(1);
    this.vdso.end = f(2);
    this.nursery.setTemplate(thread, this.#options.noPatching === true ? 0 : f(3));
  }

  // --- spaces ---------------------------------------------------------------------------------

  newSpace(kin: AddressSpace): StubThread | number {
    const { first } = this.nursery;
    const family = kin instanceof StubSpace ? (kin.family ?? first) : first;
    family.usesSpares = true;
    return this.nursery.newSpace(family);
  }

  /** Before the warden is met, the template is the only process that can say anything. */
  ownsStub(pid: number): boolean {
    return !this.nursery.hasTemplate || this.warden.owns(pid);
  }

  spaceDied(space: StubSpace): void {
    const at = this.#scanned.indexOf(space);
    if (at >= 0) this.#scanned.splice(at, 1);
    space.running = 0;
    this.processes.delete(space);
  }

  get stops(): readonly Stop[] {
    return this.posts.stops;
  }

  // --- host events ----------------------------------------------------------------------------

  watch(fd: number, events: number, listener: HostListener): number {
    const op = this.#listeners.has(fd) ? 3 : EPOLL.add;
    this.#listeners.set(fd, listener);
    return this.host.epollCtl(this.#epoll, op, fd, events);
  }

  unwatch(fd: number): void {
    if (this.#listeners.delete(fd)) this.host.epollCtl(this.#epoll, EPOLL.remove, fd, 0);
  }

  addToEpoll(fd: number, events: number): void {
    this.host.epollCtl(this.#epoll, EPOLL.add, fd, events);
  }

  removeFromEpoll(fd: number): void {
    this.host.epollCtl(this.#epoll, EPOLL.remove, fd, 0);
  }

  /** The warden's end: it has nothing else to say. */
  onHostEvent(_fd: number, _events: number): void {
    this.warden.finish();
    throw new KernelBug("the warden died, and every stub with it: was it killed from outside?");
  }

  #dispatchHost(count: number): void {
    for (let i = 0; i < count; i++) {
      const fd = this.words[((this.#block + WAIT.eventFd) >> 2) + i]!;
      const events = this.words[((this.#block + WAIT.eventMask) >> 2) + i]!;
      const space = this.processes.gone(fd);
      if (space?.alive) this.#lost(space);
      if (space === undefined) this.#listeners.get(fd)?.onHostEvent(fd, events);
    }
  }

  /** A space ended on the host without our asking: tell the kernel of each of its threads. */
  #lost(space: StubSpace): void {
    for (const thread of space.threads)
      if (thread !== null && !thread.isSpare) this.posts.report(thread, STOP_DEAD);
    space.kill();
  }

  // --- the loop -------------------------------------------------------------------------------

  /** A thread of `space` goes back to guest code, or is being born. */
  threadRuns(space: StubSpace): void {
    if (space.running++ === 0 && this.#scanned.length < WAIT_SPACES) this.#scanned.push(space);
  }

  threadStopped(space: StubSpace): void {
    if (--space.running > 0) return;
    const at = this.#scanned.indexOf(space);
    if (at < 0) return;
    const last = this.#scanned.pop()!;
    if (last !== space) this.#scanned[at] = last;
  }

  wait(timeoutNs: number): number {
    this.posts.count = 0;
    // Something to make ready? Not before nobody has asked for anything for as long as a spin takes.
    if (timeoutNs > 0 && !this.nursery.isComplete) {
      const count = this.#wait(0, true);
      if (count > 0 || this.nursery.prepare()) return count;
    }
    return this.#wait(timeoutNs, timeoutNs > 0);
  }

  #wait(timeoutNs: number, maySpin: boolean): number {
    this.posts.count = 0;
    if (!this.interrupts.isEmpty)
      this.interrupts.escalate(this.nowMs(), (thread) => this.posts.nonsense(thread.space));
    if (this.posts.died.length > 0)
      for (const space of this.posts.died.splice(0)) this.#lost(space);
    if (this.posts.count > 0) return this.posts.count;
    const scanned = this.#scanned;
    const block = this.#block;
    for (let i = 0; i < scanned.length; i++)
      this.arena.f64[((block + WAIT.spaces) >> 3) + i] = scanned[i]!.header;
    const busy = scanned.length;
    let timeout = this.interrupts.isEmpty ? timeoutNs : Math.min(timeoutNs, INTERRUPT_AGAIN_NS);
    const isApart = this.placement.own >= 0;
    if (isApart) timeout = Math.min(timeout, WINDOW_NS);
    const spins =
      maySpin && this.#maySpin && busy > 0 && (isApart || busy <= this.cpuNumbers.length);
    this.words[(block + WAIT.maySpin) >> 2] = !spins ? 0 : isApart ? SPIN_LONG : MAY_SPIN;
    this.arena.f64[(block + WAIT.timeoutNs) >> 3] = timeout === Infinity ? -1 : timeout;
    this.words[(block + WAIT.spaceCount) >> 2] = busy;
    const lookAtHost = ++this.#sinceHost >= HOST_EVERY || !maySpin;
    this.words[(block + WAIT.pollHost) >> 2] = lookAtHost ? 1 : 0;
    if (lookAtHost) this.#sinceHost = 0;
    this.processes.reap(busy === 0 && timeout > 0);
    const posts = this.gateway.wait(block);
    if (this.words[(block + WAIT.windowIsOver) >> 2] !== 0) this.#observe();
    const shared = this.words[(block + WAIT.sharedCpu) >> 2]!;
    if (shared > 0) this.placement.leave(shared - 1, this.gateway.monotonic());
    if (posts > 0) this.#collect(posts, posts === 1 ? scanned : scanned.slice());
    const events = this.words[(block + WAIT.events) >> 2]!;
    if (events > 0) this.#dispatchHost(events);
    return this.posts.count;
  }

  #collect(posts: number, scanned: StubSpace[]): void {
    const base = (this.#block + WAIT.posts) >> 2;
    for (let i = 0; i < posts; i++) {
      const space = scanned[this.words[base + 2 * i]!]!;
      const thread = space.threads[this.words[base + 2 * i + 1]!];
      // A bit for no thread, or for a post already taken: the guest scribbled, or we were faster.
      if (thread != null && space.alive) this.posts.take(thread);
    }
  }

  /** A window of the loop is over; those on the kernel's processor who should not be are told at once. */
  #observe(): void {
    const { words, placement } = this;
    const block = this.#block;
    const { f64 } = this.arena;
    const ticks = f64[(block + WAIT.windowTicks) >> 3]!;
    const window: LoopWindow = {
      processor: words[(block + WAIT.cpu) >> 2]!,
      posts: words[(block + WAIT.windowPosts) >> 2]!,
      sleeps: words[(block + WAIT.windowSleeps) >> 2]!,
      spun: f64[(block + WAIT.windowSpun) >> 3]! / ticks,
      slept: f64[(block + WAIT.windowSlept) >> 3]! / ticks,
    };
    f64[(block + WAIT.windowTicks) >> 3] = 0;
    words[(block + WAIT.windowIsOver) >> 2] = 0;
    const { own } = placement;
    if (!placement.observe(window, this.gateway.monotonic())) return;
    for (const space of this.#scanned)
      for (const thread of space.threads)
        if (thread !== null && !thread.processors.includes(own)) thread.interrupt();
  }

  nowMs(): number {
    return this.gateway.monotonic() / 1e6;
  }

  get #maySpin(): boolean {
    return this.cpuNumbers.length > 1 && this.#options.noSpinning !== true;
  }

  #setSpins(): void {
    this.words[(this.arena.kernelPage + PAGE.spins) >> 2] = this.#maySpin ? STUB_SPINS : 0;
  }

  shutdown(): void {
    // The warden kills every stub when its socket closes.
    this.warden.close();
  }
}
