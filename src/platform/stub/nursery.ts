/**
 * Nursery: where spaces come from. The template is the first stub, which never runs guest code; a fork of
 * it is a pristine space. Two things are made ready while nothing else is to be done, one piece at a
 * time:
 *  - kits: the kernel's half of a space (slot memory, control socket), for forks;
 *  - spares: whole pristine processes, for programs that need a new space.
 * A family has a template of its own, a fork of the first: what comes of it is in the host's control groups
 * that it was put in. A space is of its parent's family, and its new program's is of that too.
 */
import { EAGAIN, ENOMEM } from "../../abi/errno.ts";
import { HostError, KernelBug } from "../../base/failure.ts";
import { Family } from "./family.ts";
import { SLOTS_SIZE } from "./layout.ts";
import { Patches } from "./patch/patches.ts";
import type { StubPlatform } from "./platform.ts";
import { StubSpace } from "./space.ts";
import type { StubThread } from "./thread.ts";

const MFD_CLOEXEC_ALLOW_SEALING = 3;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL_SHRINK_GROW = 7;
const AF_UNIX = 1;
const SOCK_SEQPACKET_CLOEXEC = 5 | 0o2000000;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const START_DEADLINE_MS = 10_000;
/** How many of each are kept ready. */
const KITS = 2;
const SPARES = 1;

/** A space that has no process yet, and what its process is to be given. */
export interface SpaceKit {
  space: StubSpace;
  memoryFd: number;
  stubControl: number;
}

export class Nursery {
  readonly #platform: StubPlatform;
  readonly #kits: SpaceKit[] = [];
  /** The first has the template that all others are copies of. */
  readonly #families: Family[] = [];
  /** Where patched sites enter the stub; 0 where sites are not patched. */
  #callEntry = 0;
  #nextId = 1;
  #isTextReady = true;

  constructor(platform: StubPlatform) {
    this.#platform = platform;
  }

  /** Until there is a template, it is the only process that can say anything. */
  get hasTemplate(): boolean {
    return this.#families.length > 0;
  }

  setTemplate(template: StubThread, callEntry: number): void {
    this.#callEntry = callEntry;
    const first = new Family(template);
    first.usesSpares = true;
    this.#families.push(first);
  }

  /** Of the sandbox's first container. */
  get first(): Family {
    const [first] = this.#families;
    if (first === undefined) throw new KernelBug("a space was asked for before start()");
    return first;
  }

  /** A pristine space of a family with one stopped thread, or -errno. */
  newSpace(family: Family): StubThread | number {
    while (family.spares.length > 0) {
      const spare = family.spares.pop()!;
      if (!this.#hasStarted(spare)) continue;
      spare.isSpare = false;
      return spare;
    }
    const thread = this.#fork(family);
    if (typeof thread === "number") return thread;
    return this.#hasStarted(thread) ? thread : -EAGAIN;
  }

  #fork({ template }: Family): StubThread | number {
    // Whoever has killed it, on the host, meant the whole family.
    if (!template.space.alive) return -ENOMEM;
    const thread = template.fork();
    if (typeof thread !== "number") thread.space.patches = this.#newPatches();
    return thread;
  }

  #hasStarted(thread: StubThread): boolean {
    if (!thread.space.alive) return false;
    return thread.stopped || this.#platform.posts.await(thread, START_DEADLINE_MS) === 0;
  }

  // --- families -------------------------------------------------------------------------------

  newFamily(): Family | number {
    const template = this.newSpace(this.first);
    if (typeof template === "number") return template;
    template.isSpare = true;
    const family = new Family(template);
    this.#families.push(family);
    return family;
  }

  /** No space of it is needed any more. */
  endFamily(family: Family): void {
    const at = this.#families.indexOf(family);
    if (at < 0) return;
    this.#families.splice(at, 1);
    for (const thread of [family.template, ...family.spares]) thread.space.kill();
    family.spares.length = 0;
  }

  // --- ready beforehand -----------------------------------------------------------------------

  /** The kernel's half of a new space; the caller makes a process of it. */
  makeSpace(): SpaceKit | number {
    this.#isTextReady = false;
    return this.#kits.pop() ?? this.#makeKit();
  }

  get isComplete(): boolean {
    return this.#kits.length >= KITS && this.#isTextReady && this.#lacksSpare() === null;
  }

  /** Make one piece ready; true when something was done. */
  prepare(): boolean {
    if (!this.hasTemplate) return false;
    if (this.#kits.length < KITS) {
      const kit = this.#makeKit();
      if (typeof kit === "number") return false;
      this.#kits.push(kit);
      return true;
    }
    const family = this.#lacksSpare();
    if (family === null) {
      this.#isTextReady =
        this.#callEntry === 0 || !this.#platform.textFiles.prepare(this.#callEntry);
      return !this.#isTextReady;
    }
    const spare = this.#fork(family);
    if (typeof spare === "number") return false;
    spare.isSpare = true;
    family.spares.push(spare);
    return true;
  }

  /** Asked at every wait. */
  #lacksSpare(): Family | null {
    for (let i = 0; i < this.#families.length; i++) {
      const family = this.#families[i]!;
      const lacks = family.usesSpares && family.spares.length < SPARES;
      if (lacks && family.template.space.alive) return family;
    }
    return null;
  }

  #newPatches(): Patches | null {
    return this.#callEntry === 0 ? null : new Patches(this.#callEntry);
  }

  #makeKit(): SpaceKit | number {
    const { host } = this.#platform;
    const memoryFd = host.memfdCreate("tvisor-slots", MFD_CLOEXEC_ALLOW_SEALING);
    if (memoryFd < 0) return memoryFd;
    const sockets = host.socketpair(AF_UNIX, SOCK_SEQPACKET_CLOEXEC);
    if (typeof sockets === "number") {
      host.close(memoryFd);
      return sockets;
    }
    const [control, stubControl] = sockets;
    // Sealed: a stub that could shrink the file would kill us with SIGBUS.
    must("ftruncate", host.ftruncate(memoryFd, SLOTS_SIZE));
    must("fcntl", host.fcntl(memoryFd, F_ADD_SEALS, F_SEAL_SEAL_SHRINK_GROW));
    must("setsockopt", host.setsockoptInt(control, SOL_SOCKET, SO_PASSCRED, 1));
    const space = new StubSpace(this.#platform, this.#nextId++, memoryFd, control);
    this.#platform.processes.add(space);
    return { space, memoryFd, stubControl };
  }
}

/** A host call without which nothing works. */
export function must(call: string, rc: number): number {
  if (rc < 0) throw new HostError(call, -rc);
  return rc;
}
