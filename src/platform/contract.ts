/**
 * The platform contract: how the kernel runs guest code without knowing what runs it.
 *
 * A platform offers address spaces and threads in them. A thread is either running guest code or
 * stopped; `wait()` tells which threads stopped and why. The kernel reads and writes a stopped
 * thread's registers, commands memory operations through it, and resumes it. Memory belongs to the
 * platform (the host kernel, for the stub platform); what the kernel remembers of it is bookkeeping.
 * Everything that a thread or its memory says is hostile input. No method waits for a guest without
 * a deadline; a space that breaks the protocol or its deadline is killed and reported dead.
 * Addresses are plain numbers below `guestEnd`. Results are >= 0 or -errno.
 */

/** Why a thread stopped. */
export const STOP_SYSCALL = 1;
export const STOP_FAULT = 2;
export const STOP_INTERRUPT = 3;
/** A forked process or new thread is ready for its first registers. */
export const STOP_STARTED = 5;
/** The thread's whole address space is gone on the host. */
export const STOP_DEAD = 6;

/** Registers in the order of Linux's sigcontext (amd64). */
export const Reg = {
  r8: 0,
  r9: 1,
  r10: 2,
  r11: 3,
  r12: 4,
  r13: 5,
  r14: 6,
  r15: 7,
  rdi: 8,
  rsi: 9,
  rbp: 10,
  rbx: 11,
  rdx: 12,
  rax: 13,
  rcx: 14,
  rsp: 15,
  rip: 16,
  eflags: 17,
  selectors: 18,
  err: 19,
  trapno: 20,
  oldmask: 21,
  cr2: 22,
} as const;
export const REG_COUNT = 23;

/** What a fault was; valid while the thread is stopped by it. */
export interface Fault {
  signo: number;
  code: number;
  address: number;
  error: number;
  trap: number;
}

export interface GuestThread {
  readonly space: AddressSpace;
  /** The kernel's object for this thread; the platform only carries it. */
  owner: unknown;
  /** False while guest code runs. */
  readonly stopped: boolean;
  readonly fault: Fault;

  /** Where the register file lies: index of register 0's low half in `platform.words`. */
  readonly registers: number;
  /** A register as an unsigned number (exact below 2^53). */
  register(index: number): number;
  setRegister(index: number, value: number): void;
  /** Its two 32-bit halves, for values that need all 64 bits. */
  registerLow(index: number): number;
  registerHigh(index: number): number;
  setRegisterHalves(index: number, low: number, high: number): void;

  /** Go on after a system call: only rax changes. */
  resume(result: number): void;
  /** Go on with all registers as they stand in the register file. */
  resumeRegisters(): void;
  /** The stopped thread will not be resumed soon: it need not stay awake for that. */
  park(): void;
  /** Make a running thread stop soon (STOP_INTERRUPT). Nothing happens to a stopped one. */
  interrupt(): void;

  /**
   * Copies for the system call that this thread is stopped in; as the space's, but the platform may
   * have copied at the call's entry what `expect` announced, and may write only at resume.
   */
  copyIn(address: number, into: Uint8Array, at: number, length: number): number;
  copyOut(address: number, from: Uint8Array, at: number, length: number): number;
  /** As copyIn, of a string: it may end with the NUL. */
  copyStringIn(address: number, into: Uint8Array, at: number, length: number): number;
  /** System call `nr` of this thread has this result until forgetAnswers(): it need not be asked. */
  remember(nr: number, result: number): void;
  /** Write now what copyOut left for later: others may look, or the thread will not resume soon. */
  settle(): void;

  /** End this one thread. It must be stopped. The object is dead afterwards. */
  exit(): void;

  /** The FP state (an xsave image with its software header) of the stopped thread. */
  readFpState(): Uint8Array | null;
  /** Replace it. The image is cleaned so that no host fault can follow. Null: the initial state. */
  writeFpState(image: Uint8Array | null): boolean;
  /** FS base of the thread; `code` is ARCH_SET_FS, ARCH_SET_GS, ARCH_GET_FS, ARCH_GET_GS. */
  setBase(code: number, value: number): number;
  getBase(code: number, scratch: number): number;

  // Memory operations, executed by this stopped thread in its space. Addresses are the kernel's choice.
  mmap(
    address: number,
    length: number,
    prot: number,
    flags: number,
    hostFd: number,
    offset: number,
  ): number;
  /**
   * From here to finishMemoryOperations(), mmap (of fixed addresses), munmap and mprotect may be made
   * later and together, and are said to have succeeded. The first that did not is the result of that.
   */
  deferMemoryOperations(): void;
  finishMemoryOperations(): number;
  munmap(address: number, length: number): number;
  mprotect(address: number, length: number, prot: number): number;
  mremap(from: number, oldLength: number, newLength: number, flags: number, to: number): number;
  madvise(address: number, length: number, advice: number): number;
  msync(address: number, length: number, flags: number): number;
  mincore(address: number, length: number, vector: number): number;
  membarrier(command: number): number;
  /** Atomic 32-bit compare-and-exchange of a word just read: the old value, or -errno. */
  compareExchange(address: number, expected: number, value: number): number;
  rseq(address: number, length: number, flags: number, signature: number): number;

  /** Let the thread run on these processors only, numbered as guests see them; as advice. */
  setAffinity(cpus: readonly boolean[]): void;
  /** Processor time this thread has used, nanoseconds. */
  cpuNs(): number;

  /** A new thread in the same space; it reports STOP_STARTED. Null fsBase inherits. Or -errno. */
  clone(fsBase: number | null): GuestThread | number;
  /** A copy of the space with a copy of this thread, which reports STOP_STARTED. Or -errno. */
  fork(): GuestThread | number;
}

export interface AddressSpace {
  readonly id: number;
  readonly alive: boolean;
  /** Copy guest memory in or out; the bytes that went before the first fault. */
  read(address: number, into: Uint8Array, at: number, length: number): number;
  write(address: number, from: Uint8Array, at: number, length: number): number;
  /** Processor time of all its threads, also of those that are gone, nanoseconds. */
  cpuNs(): number;
  /** Threads the platform has in it. */
  readonly threadCount: number;
  /** Kill it on the host now; nothing of it runs once this returns and `alive` is false. */
  kill(): void;
}

/** What a system call reads by one of its arguments; registers by their number in `Reg`. */
export interface ArgumentRead {
  readonly register: number;
  /**
   * string: up to a NUL. fixed: `unit` bytes. counted: `unit` bytes for each of what lengthRegister
   * holds. vector: an iovec of so many buffers, and what they hold. message: a msghdr and its parts.
   */
  readonly kind: "string" | "fixed" | "counted" | "vector" | "message";
  readonly lengthRegister: number;
  readonly unit: number;
}

export interface Platform {
  readonly name: string;
  /** First and one-past-last address a guest may use. */
  readonly guestStart: number;
  readonly guestEnd: number;
  readonly vdso: { start: number; entry: number; end: number };
  /** The typed array that register files index. */
  readonly words: Int32Array;
  /** 64 KiB into which guest memory is copied without a second copy; valid until the next use. */
  readonly scratch: Uint8Array;
  readonly scratchView: DataView;
  /** What threads were told to remember may have changed. */
  forgetAnswers(): void;
  /** System call `nr` will read this: worth copying before the kernel is asked. A hint, no promise. */
  expect(nr: number, reads: readonly ArgumentRead[]): void;
  /** A pristine space with one stopped thread, accounted on the host where `kin` is. Or -errno. */
  newSpace(kin: AddressSpace): GuestThread | number;
  /**
   * Let guests run until something stops or the time is over. Fills `stops` and returns their count.
   * @param timeoutNs how long to sleep at most; Infinity for ever, 0 to only look.
   */
  wait(timeoutNs: number): number;
  readonly stops: readonly Stop[];
  /** End everything. */
  shutdown(): void;
}

export class Stop {
  thread: GuestThread | null = null;
  reason = 0;
}
