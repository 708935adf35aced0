/**
 * The stub platform's shared memory and window: the same facts as native/stub/layout.h.
 * test/unit/stub-layout.test.ts compiles that header and compares.
 */
export const STUB_BASE = 0x7fff00000000;
export const STUB_SLOTS = STUB_BASE + 0x10000000;
export const STUB_STACKS = STUB_BASE + 0x20000000;
export const GUEST_END = 0x7ffd00000000;
export const CHUNK = 0x10000;
export const SLOT_COUNT = 4096;
export const SLOTS_SIZE = CHUNK * SLOT_COUNT;
export const FIRST_SLOT = 1;
/** The last chunks are no slots: buffers on which large copies lie that have no room in a slot. */
export const BOUNCE_SIZE = 0x20000;
export const BOUNCE_COUNT = 4;
export const BOUNCE_AT = SLOTS_SIZE - BOUNCE_COUNT * BOUNCE_SIZE;

export const SIG_INTERRUPT = 23;

/** The rest of a slot's chunk, from here on, carries data. */
export const SLOT_WINDOW = 4096;
export const MOST_COPIED_IN = 0x8000;
/** The end of the chunk: arguments of a command, or the calls of a batch. */
export const BATCH_OFFSET = 0xf000;
export const BATCH_CALLS = 64;
export const BATCH_RECEIVE = -1;
export const BATCH_RECEIVED = -2;
/** struct batch_call. */
export const BATCH_CALL = { nr: 0, args: 8, size: 64 } as const;
export const SPANS_IN = 8;
export const SPANS_OUT = 16;

/** struct kernel_page. */
export const PAGE = { sleeping: 0, spins: 4, answersEpoch: 8, hints: 64 } as const;
export const KERNEL_PAGE_SIZE = 0x4000;

/** struct hint. */
export const HINT = {
  kind: 0,
  addressRegister: 1,
  lengthRegister: 2,
  unit: 4,
  size: 8,
} as const;
export const HINT_CALLS = 512;
export const HINTS = 3;
export const HINT_KIND = { string: 1, fixed: 2, counted: 3, vector: 4, message: 5 } as const;

/** struct answer; and which call each is for. */
export const ANSWER = { epoch: 0, value: 4, size: 8 } as const;
export const ANSWERED: readonly number[] = [39, 102, 104, 107, 108, 110, 186];

/** struct span. */
export const SPAN = { address: 0, length: 8, offset: 12, size: 16 } as const;

/** struct slot: byte offsets. */
export const SLOT = {
  reqSeq: 0,
  repSeq: 4,
  waiting: 8,
  reason: 12,
  command: 16,
  flags: 20,
  signo: 24,
  code: 28,
  address: 32,
  result: 40,
  args: 48,
  regs: 112,
  fpstate: 296,
  frame: 304,
  tid: 312,
  exited: 316,
  parked: 320,
  inCount: 324,
  outCount: 328,
  interrupted: 332,
  in: 336,
  out: 464,
  answers: 728,
} as const;

export const REASON = {
  syscall: 1,
  fault: 2,
  interrupt: 3,
  result: 4,
  started: 5,
  call: 6,
} as const;
export const COMMAND = {
  resume: 1,
  syscall: 2,
  fork: 4,
  thread: 5,
  exit: 6,
  exchange: 7,
  frame: 8,
  batch: 9,
  copy: 10,
  deliver: 11,
} as const;
export const RESUME_REGS = 1;

/** struct wait_block: byte offsets and capacities. */
export const WAIT = {
  timeoutNs: 0,
  spaceCount: 8,
  pollHost: 12,
  events: 16,
  maySpin: 20,
  sharedCpu: 24,
  cpu: 28,
  windowTicks: 32,
  windowSpun: 40,
  windowSlept: 48,
  windowPosts: 56,
  windowSleeps: 60,
  windowIsOver: 64,
  posts: 72,
  eventFd: 584,
  eventMask: 840,
  spaces: 1096,
  size: 1096 + 4096 * 8,
} as const;
export const WAIT_SPACES = 4096;
/** WAIT.maySpin. */
export const MAY_SPIN = 1;
export const SPIN_LONG = 2;
