/**
 * Patches: what is known of the executable file mappings of one space, and which system call sites in
 * them jump to the stub instead of trapping.
 *  - trapped(): a call trapped; its site is patched at the second time, or when it is worth more work.
 *  - Mappings that change take their sites with them (replacing, mapped, forget).
 *  - Who reads text through the kernel sees what the file has (mask). Who stops in a trampoline is said
 *    to be in the guest's own code (placeOf), and goes on from there in the trampoline (exitFor).
 * Only private, file-backed, never-writable mappings are touched. While other threads of the space run,
 * a site is replaced behind a breakpoint, with the barriers that the processor wants for code that
 * another one may be executing (Intel SDM volume 3, "Handling Self- and Cross-Modifying Code").
 */
import {
  ISLAND_SIZE,
  Island,
  islandHead,
  islandPlaces,
  jumpTo,
  MOST_MOVED,
  trampoline,
} from "./island.ts";
import { REPLACED, type Site, SYSCALL_LENGTH } from "./site.ts";
import type { TextCopy } from "./text-copy.ts";
import type { TextFile } from "./text-file.ts";

const PROT_READ_EXEC = 5;
const MAP_PRIVATE_ANONYMOUS_NOREPLACE = 0x100022;
const SYNC_CORE = 0x20;
const REGISTER_SYNC_CORE = 0x40;
const BREAKPOINT = Uint8Array.of(0xcc);
const WORTH_IT = 2;
/** A guest may make as many sites as it likes; we remember so many. */
const MOST_COUNTED = 4096;

interface Text {
  readonly start: number;
  readonly end: number;
  readonly file: TextFile;
  readonly offset: number;
}

/** A stopped thread of the space, and the space's memory, as patching uses them. */
export interface Patcher {
  rawMmap(address: number, length: number, prot: number, flags: number): number;
  membarrier(command: number): number;
  writeText(address: number, bytes: Uint8Array): boolean;
  readText(address: number, length: number): Uint8Array | null;
  /** Does any other thread of the space run guest code? */
  readonly hasCompany: boolean;
  /** Let threads that stand in [start, end) know that they have to go on elsewhere. */
  relocate(start: number, end: number): void;
}

export class Patches {
  readonly #entry: number;
  #texts: Text[] = [];
  #islands: Island[] = [];
  /** Original bytes by where a patched site begins. Shared with a forked space until one changes it. */
  #sites = new Map<number, Uint8Array>();
  #isShared = false;
  #hits = new Map<number, number>();
  #barriers = false;
  /** Sites where a breakpoint of ours stood for a moment. */
  readonly #replaced = new Set<number>();
  /** The guest wants the GS base for itself. */
  isOff = false;

  /** `entry`: where the stub is entered without a trap. */
  constructor(entry: number) {
    this.#entry = entry;
  }

  get count(): number {
    return this.#sites.size;
  }

  fork(): Patches {
    const copy = new Patches(this.#entry);
    copy.#texts = this.#texts.slice();
    copy.#islands = this.#islands.map((island) => island.copy());
    copy.#sites = this.#sites;
    copy.#isShared = this.#isShared = this.#sites.size > 0;
    copy.isOff = this.isOff;
    return copy;
  }

  // --- mappings -------------------------------------------------------------------------------

  /** Before [start, end) is mapped over or unmapped. */
  replacing(patcher: Patcher, start: number, end: number): void {
    for (const island of this.#islands) {
      if (start >= island.end || island.start >= end) continue;
      patcher.relocate(island.start, island.end);
      // Sites that go with it need nothing.
      for (const { begin } of island.planted)
        if (begin + REPLACED <= start || begin >= end)
          this.restore(patcher, begin, begin + REPLACED);
      this.#islands = this.#islands.filter((each) => each !== island);
    }
  }

  /** A private mapping of a file that may be executed and not written; or of a patched copy of it. */
  mapped(start: number, end: number, file: TextFile, offset: number, copy: TextCopy | null): void {
    this.#texts.push({ start, end, file, offset });
    if (copy === null) return;
    const planted = copy.planted.map(({ begin, site }) => ({ begin: start + begin, site }));
    this.#islands.push(new Island(start + copy.islandOffset, end, planted));
    for (const { begin, site } of planted) this.#own().set(begin, site.original);
  }

  /** Nothing is known of [start, end) any more. */
  forget(start: number, end: number): void {
    if (this.#texts.length === 0) return;
    const kept: Text[] = [];
    let isHit = false;
    for (const text of this.#texts) {
      if (text.start >= end || text.end <= start) {
        kept.push(text);
        continue;
      }
      isHit = true;
      const { file } = text;
      if (text.start < start) kept.push({ ...text, end: start });
      if (text.end > end)
        kept.push({ start: end, end: text.end, file, offset: text.offset + end - text.start });
    }
    if (!isHit) return;
    this.#texts = kept;
    for (const site of [...this.#sites.keys()])
      if (site < end && site + REPLACED > start) this.#own().delete(site);
    this.#hits.clear();
    for (const site of this.#replaced) if (site >= start && site < end) this.#replaced.delete(site);
  }

  // --- patching -------------------------------------------------------------------------------

  /** A system call trapped; `ip` is behind its instruction, `nr` what it asked for. */
  trapped(patcher: Patcher, ip: number, nr: number): void {
    if (this.isOff) return;
    const text = this.#texts.find((t) => ip > t.start + REPLACED && ip <= t.end);
    if (text === undefined) return;
    const hits = (this.#hits.get(ip) ?? 0) + 1;
    if (this.#hits.size >= MOST_COUNTED) this.#hits.clear();
    this.#hits.set(ip, hits);
    if (hits < WORTH_IT) return;
    const syscall = ip - SYSCALL_LENGTH;
    const offset = text.offset + syscall - text.start;
    const site = this.#siteFor(patcher, text.file, offset, hits, nr);
    if (site !== null) this.#patch(patcher, text, syscall, site);
  }

  /** How the site can be replaced, as far as it is worth finding out after so many traps. */
  #siteFor(
    patcher: Patcher,
    file: TextFile,
    offset: number,
    hits: number,
    nr: number,
  ): Site | null {
    if (hits === WORTH_IT) {
      const before = file.before(offset);
      if (before !== null && numberOf(before) === nr) return before;
    }
    // Each time, so that the file learns what is wanted; whoever runs may be where the jump will be.
    const after = file.after(offset);
    return after === null || patcher.hasCompany ? null : after;
  }

  #patch(patcher: Patcher, text: Text, syscall: number, site: Site): void {
    const begin = syscall - site.lead;
    // Neighbours may not share a byte, and a "before" site needs its syscall behind the jump.
    for (let at = begin - REPLACED; at < begin + REPLACED; at++) if (this.#sites.has(at)) return;
    const { original } = site;
    if (site.moved.length > MOST_MOVED) return;
    const bytes = patcher.readText(begin, REPLACED);
    if (bytes === null || !bytes.every((byte, i) => byte === original[i])) return;
    const island = this.#islandFor(patcher, text);
    if (island === null) return;
    const at = island.next();
    const planted = { begin, site };
    if (!patcher.writeText(at, trampoline(island.start, at, planted))) return;
    island.planted.push(planted);
    if (!this.#replace(patcher, begin, jumpTo(begin, at))) return;
    this.#own().set(begin, original);
    if (site.form === "after")
      patcher.relocate(begin + 1, begin + SYSCALL_LENGTH + site.moved.length);
  }

  #islandFor(patcher: Patcher, text: Text): Island | null {
    const near = this.#islands.find(
      (i) => !i.isFull && i.reaches(text.start) && i.reaches(text.end),
    );
    if (near !== undefined) return near;
    for (const place of islandPlaces(text.start, text.offset)) {
      if (place <= 0) continue;
      const flags = MAP_PRIVATE_ANONYMOUS_NOREPLACE;
      if (patcher.rawMmap(place, ISLAND_SIZE, PROT_READ_EXEC, flags) !== place) continue;
      if (!patcher.writeText(place, islandHead(this.#entry))) return null;
      const island = new Island(place);
      this.#islands.push(island);
      return island;
    }
    return null;
  }

  /** Put `bytes` where the instruction at `site` is. */
  #replace(patcher: Patcher, site: number, bytes: Uint8Array): boolean {
    if (!patcher.hasCompany) return patcher.writeText(site, bytes);
    if (!this.#barriers) this.#barriers = patcher.membarrier(REGISTER_SYNC_CORE) === 0;
    // Whoever meets the breakpoint comes to wasReplaced(), and by then this is over.
    this.#replaced.add(site);
    return (
      this.#barriers &&
      patcher.writeText(site, BREAKPOINT) &&
      patcher.membarrier(SYNC_CORE) === 0 &&
      patcher.writeText(site + 1, bytes.subarray(1)) &&
      patcher.membarrier(SYNC_CORE) === 0 &&
      patcher.writeText(site, bytes.subarray(0, 1)) &&
      patcher.membarrier(SYNC_CORE) === 0
    );
  }

  /** Give the sites in [start, end) their instructions back. */
  restore(patcher: Patcher, start: number, end: number): void {
    for (const [site, original] of [...this.#sites])
      if (site < end && site + REPLACED > start) {
        this.#replace(patcher, site, original);
        this.#own().delete(site);
      }
  }

  #own(): Map<number, Uint8Array> {
    if (this.#isShared) {
      this.#sites = new Map(this.#sites);
      this.#isShared = false;
    }
    return this.#sites;
  }

  // --- what others see ------------------------------------------------------------------------

  /** Where a thread that stopped at `ip` is said to be. */
  placeOf(ip: number): number {
    for (const island of this.#islands) {
      const place = island.placeOf(ip);
      if (place >= 0) return place;
    }
    return ip;
  }

  /** Where a thread has to go on that is said to be at `ip`: code behind a site may have moved. */
  exitFor(ip: number): number {
    for (let begin = ip - SYSCALL_LENGTH - MOST_MOVED; begin < ip; begin++) {
      if (!this.#sites.has(begin)) continue;
      for (const island of this.#islands) {
        const index = island.planted.findLastIndex((planted) => planted.begin === begin);
        const exit = index < 0 ? -1 : island.exitFor(index, ip);
        if (exit >= 0) return exit;
      }
    }
    return ip;
  }

  /** Did a breakpoint before `ip` stand there only while a site was replaced? One that stays is a guest's. */
  wasReplaced(patcher: Patcher, ip: number): boolean {
    const site = ip - 1;
    return this.#replaced.has(site) && patcher.readText(site, 1)?.[0] !== BREAKPOINT[0];
  }

  /** Show the files' own bytes in a copy of [address, address + length). */
  mask(address: number, into: Uint8Array, at: number, length: number): void {
    const end = address + length;
    if (this.#sites.size === 0 || !this.#isText(address, end)) return;
    for (const [site, original] of this.#sites)
      for (let i = 0; i < REPLACED; i++) {
        const offset = site + i - address;
        if (offset >= 0 && offset < length) into[at + offset] = original[i]!;
      }
    // Behind a text that was copied with its trampolines the file has zeros.
    for (const island of this.#islands) {
      if (island.start >= end || island.end <= address) continue;
      const from = Math.max(island.start, address) - address;
      into.fill(0, at + from, at + Math.min(island.end, end) - address);
    }
  }

  /** Does [start, end) touch anything executable? */
  #isText(start: number, end: number): boolean {
    for (const text of this.#texts) if (start < text.end && text.start < end) return true;
    return false;
  }
}

/** What the move of a "before" site puts into eax. */
function numberOf(site: Site): number {
  return new DataView(site.original.buffer).getUint32(1, true);
}
