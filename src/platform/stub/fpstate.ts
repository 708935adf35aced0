/**
 * FpState: floating point and vector registers of a stopped thread. They lie in the signal frame on
 * the stub's private stack, as the xsave image that the host wrote and that rt_sigreturn will load.
 *  - Layout: legacy FXSAVE area (512 bytes, its last 48 hold the software header), xsave header (64),
 *    extended state, FP_XSTATE_MAGIC2. Sources: asm/sigcontext.h, Intel SDM vol. 1 ch. 13.
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
const MAGIC2_SIZE = 4;
const MAX_IMAGE = 16384;
const MXCSR_DEFAULT = 0x1f80;
const MXCSR_DEFAULT_MASK = 0xffbf;

export class FpState {
  readonly #arena: Arena;
  /** A scratch copy of an image, in the arena so that guest memory moves straight into it. */
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(arena: Arena) {
    this.#arena = arena;
    const at = arena.scratch(MAX_IMAGE);
    this.#bytes = arena.u8.subarray(at, at + MAX_IMAGE);
    this.#view = new DataView(arena.buffer, at, MAX_IMAGE);
  }

  /** The thread's image, magic included, as a fresh copy; null when the stub's memory makes no sense. */
  read(thread: StubThread): Uint8Array | null {
    const size = this.#load(thread);
    return size === 0 ? null : this.#bytes.slice(0, size);
  }

  /** Make `image` (or the initial state) what the thread resumes with. */
  write(thread: StubThread, image: Uint8Array | null): boolean {
    const size = this.#load(thread);
    if (size === 0) return false;
    const view = this.#view;
    const mxcsrMask = view.getUint32(MXCSR_MASK, true) || MXCSR_DEFAULT_MASK;
    const features = [view.getUint32(SW_XFEATURES, true), view.getUint32(SW_XFEATURES + 4, true)];
    const software = this.#bytes.slice(SW_MAGIC1, FXSAVE_SIZE);
    if (image === null) this.#reset(size);
    else this.#merge(image, size);
    this.#bytes.set(software, SW_MAGIC1);
    view.setUint32(MXCSR_MASK, mxcsrMask, true);
    view.setUint32(MXCSR, view.getUint32(MXCSR, true) & mxcsrMask, true);
    if (size > FXSAVE_SIZE) {
      view.setUint32(XSTATE_BV, view.getUint32(XSTATE_BV, true) & features[0]!, true);
      view.setUint32(XSTATE_BV + 4, view.getUint32(XSTATE_BV + 4, true) & features[1]!, true);
      this.#bytes.fill(0, XCOMP_BV, HEADER_RESERVED_END);
    }
    const address = this.#address(thread);
    return thread.space.write(address, this.#bytes, 0, size) === size;
  }

  /** Bring the current image into the scratch; its size, 0 when unreadable. */
  #load(thread: StubThread): number {
    const address = this.#address(thread);
    if (thread.space.read(address, this.#bytes, 0, FXSAVE_SIZE) !== FXSAVE_SIZE) return 0;
    if (this.#view.getUint32(SW_MAGIC1, true) !== FP_XSTATE_MAGIC1) return FXSAVE_SIZE;
    const size = this.#view.getUint32(SW_XSTATE_SIZE, true);
    if (size < HEADER_RESERVED_END || size + MAGIC2_SIZE > MAX_IMAGE) return 0;
    if (this.#view.getUint32(SW_EXTENDED_SIZE, true) < size + MAGIC2_SIZE) return 0;
    const all = size + MAGIC2_SIZE;
    return thread.space.read(address, this.#bytes, 0, all) === all ? all : 0;
  }

  #address(thread: StubThread): number {
    return readI64(this.#arena.view, thread.at + SLOT.fpstate);
  }

  #reset(size: number): void {
    const magic2 = this.#bytes.slice(size - MAGIC2_SIZE, size);
    this.#bytes.fill(0, 0, size);
    this.#view.setUint16(0, 0x37f, true); // FCW: all exceptions masked, extended precision
    this.#view.setUint32(MXCSR, MXCSR_DEFAULT, true);
    if (size > FXSAVE_SIZE) this.#bytes.set(magic2, size - MAGIC2_SIZE);
  }

  /** A guest's frame may be shorter than ours, or lack the extended part: those states are initial. */
  #merge(image: Uint8Array, size: number): void {
    this.#reset(size);
    const hasMagic =
      image.length >= HEADER_RESERVED_END &&
      new DataView(image.buffer, image.byteOffset).getUint32(SW_MAGIC1, true) === FP_XSTATE_MAGIC1;
    const usable = hasMagic ? Math.min(image.length, size - MAGIC2_SIZE) : FXSAVE_SIZE;
    this.#bytes.set(image.subarray(0, Math.min(usable, image.length)));
    // Only x87 and SSE live in the legacy area.
    if (!hasMagic && size > FXSAVE_SIZE) this.#view.setUint32(XSTATE_BV, 3, true);
  }
}
