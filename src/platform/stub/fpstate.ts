/**
 * FpState: floating point and vector registers of a stopped thread. They lie in the signal frame on
 * the stub's private stack, as the xsave image that the host wrote and that rt_sigreturn will load.
 *  - Layout: legacy FXSAVE area (512 bytes, its last 48 hold the software header), xsave header (64),
 *    extended state, FP_XSTATE_MAGIC2. Sources: asm/sigcontext.h, Intel SDM vol. 1 ch. 13.
 *  - Every frame on this host has the same layout, learned from the template before any guest runs:
 *    what a guest's frame says about itself is not asked.
 *  - A written image is cleaned: a bad one would make the host's XRSTOR fault inside the stub.
 */
import type { Arena } from "../../host/arena.ts";
import { readI64 } from "../../host/bytes.ts";
import { SLOT } from "./layout.ts";
import type { StubThread } from "./thread.ts";

const FXSAVE_SIZE = 512;
const MXCSR = 24;
const MXCSR_MASK = 28;
const SW_MAGIC1 = 464;
const SW_EXTENDED_SIZE = 468;
const SW_XFEATURES = 472;
const SW_XSTATE_SIZE = 480;
const XSTATE_BV = 512;
const XCOMP_BV = 520;
const HEADER_RESERVED_END = 576;
const FP_XSTATE_MAGIC1 = 0x46505853;
const FP_XSTATE_MAGIC2 = 0x46505845;
const MAGIC2_SIZE = 4;
const MAX_IMAGE = 16384;
const MXCSR_DEFAULT = 0x1f80;
const MXCSR_DEFAULT_MASK = 0xffbf;

export class FpState {
  readonly #arena: Arena;
  /** A scratch copy of an image, in the arena so that guest memory moves straight into it. */
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  // learned: size of an image with its magic, its software header, what it may hold
  #size = FXSAVE_SIZE;
  #software = new Uint8Array(0);
  #mxcsrMask = MXCSR_DEFAULT_MASK;
  readonly #features = [0, 0];
  #initial = new Uint8Array(0);

  constructor(arena: Arena) {
    this.#arena = arena;
    const at = arena.scratch(MAX_IMAGE);
    this.#bytes = arena.u8.subarray(at, at + MAX_IMAGE);
    this.#view = new DataView(arena.buffer, at, MAX_IMAGE);
  }

  /** Learn the layout from the template, which has run no guest code; false when it makes no sense. */
  learn(template: StubThread): boolean {
    const view = this.#view;
    const address = this.#address(template);
    if (template.space.read(address, this.#bytes, 0, FXSAVE_SIZE) !== FXSAVE_SIZE) return false;
    if (view.getUint32(SW_MAGIC1, true) === FP_XSTATE_MAGIC1) {
      const size = view.getUint32(SW_XSTATE_SIZE, true) + MAGIC2_SIZE;
      if (size < HEADER_RESERVED_END || size > MAX_IMAGE) return false;
      if (view.getUint32(SW_EXTENDED_SIZE, true) < size) return false;
      this.#size = size;
      if (template.space.read(address, this.#bytes, 0, size) !== size) return false;
    }
    this.#software = this.#bytes.slice(SW_MAGIC1, FXSAVE_SIZE);
    this.#mxcsrMask = view.getUint32(MXCSR_MASK, true) || MXCSR_DEFAULT_MASK;
    this.#features[0] = view.getUint32(SW_XFEATURES, true);
    this.#features[1] = view.getUint32(SW_XFEATURES + 4, true);
    this.#reset();
    this.#clean();
    this.#initial = this.#bytes.slice(0, this.#size);
    return true;
  }

  /** The thread's image, magic included, as a fresh copy; null when the stub's memory makes no sense. */
  read(thread: StubThread): Uint8Array | null {
    const size = this.#size;
    const done = thread.space.read(this.#address(thread), this.#bytes, 0, size);
    if (done !== size) return null;
    this.#bytes.set(this.#software, SW_MAGIC1);
    return this.#bytes.slice(0, size);
  }

  /** Make `image` (or the initial state) what the thread resumes with. */
  write(thread: StubThread, image: Uint8Array | null): boolean {
    if (image === null) this.#bytes.set(this.#initial);
    else {
      this.#merge(image);
      this.#clean();
    }
    const size = this.#size;
    return thread.space.write(this.#address(thread), this.#bytes, 0, size) === size;
  }

  #address(thread: StubThread): number {
    return readI64(this.#arena.view, thread.at + SLOT.fpstate);
  }

  /** Only what the host's XRSTOR takes. */
  #clean(): void {
    const view = this.#view;
    this.#bytes.set(this.#software, SW_MAGIC1);
    view.setUint32(MXCSR_MASK, this.#mxcsrMask, true);
    view.setUint32(MXCSR, view.getUint32(MXCSR, true) & this.#mxcsrMask, true);
    if (this.#size === FXSAVE_SIZE) return;
    view.setUint32(XSTATE_BV, view.getUint32(XSTATE_BV, true) & this.#features[0]!, true);
    view.setUint32(XSTATE_BV + 4, view.getUint32(XSTATE_BV + 4, true) & this.#features[1]!, true);
    this.#bytes.fill(0, XCOMP_BV, HEADER_RESERVED_END);
    view.setUint32(this.#size - MAGIC2_SIZE, FP_XSTATE_MAGIC2, true);
  }

  #reset(): void {
    this.#bytes.fill(0, 0, this.#size);
    this.#view.setUint16(0, 0x37f, true); // FCW: all exceptions masked, extended precision
    this.#view.setUint32(MXCSR, MXCSR_DEFAULT, true);
  }

  /** A guest's frame may be shorter than ours, or lack the extended part: those states are initial. */
  #merge(image: Uint8Array): void {
    this.#reset();
    const hasMagic =
      image.length >= HEADER_RESERVED_END &&
      new DataView(image.buffer, image.byteOffset).getUint32(SW_MAGIC1, true) === FP_XSTATE_MAGIC1;
    const usable = hasMagic ? Math.min(image.length, this.#size - MAGIC2_SIZE) : FXSAVE_SIZE;
    this.#bytes.set(image.subarray(0, Math.min(usable, image.length)));
    // Only x87 and SSE live in the legacy area.
    if (!hasMagic && this.#size > FXSAVE_SIZE) this.#view.setUint32(XSTATE_BV, 3, true);
  }
}
