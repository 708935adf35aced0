/**
 * Patches: what is known of the executable file mappings of one space, and which system call sites in
 * them jump to the stub instead of trapping.
 *  - trapped(): a call trapped; its site is patched at the second time.
 *  - Mappings that change take their sites with them (replacing, mapped, changed).
 *  - Who reads text through the kernel sees what the file has (mask); who stops in a trampoline is
 *    said to be at the site (settle).
 * Only private, file-backed, never-writable mappings are touched. While other threads of the space run,
 * a site is replaced behind a breakpoint, with the barriers that the processor wants for code that
 * another one may be executing (Intel SDM volume 3, "Handling Self- and Cross-Modifying Code").
 */
import { ISLAND_SIZE, Island, islandHead, islandPlaces, jumpTo, trampoline } from "./island.ts";
import { MOVE_LENGTH, SYSCALL_LENGTH } from "./site.ts";
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
    copy.#islands = this.#islands.map((island) => new Island(island.start, island.sites));
    copy.#sites = this.#sites;
    copy.#isShared = this.#isShared = this.#sites.size > 0;
    copy.isOff = this.isOff;
    return copy;
  }

  // --- mappings -------------------------------------------------------------------------------

  /** Before [start, end) is mapped over or unmapped. */
  replacing(patcher: Patcher, start: number, end: number): void {
    if (this.#islands.some((island) => start < island.end && island.start < end)) {
      this.restore(patcher, 0, Infinity);
      this.#islands = [];
    }
  }

  /** A private mapping of a file that may be executed and not written. */
  mapped(start: number, end: number, file: TextFile, offset: number): void {
    this.#texts.push({ start, end, file, offset });
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
      if (site < end && site + MOVE_LENGTH > start) this.#own().delete(site);
    this.#hits.clear();
  }

  // --- patching -------------------------------------------------------------------------------

  /** A system call trapped; `ip` is behind its instruction, `nr` what it asked for. */
  trapped(patcher: Patcher, ip: number, nr: number): void {
    const hits = (this.#hits.get(ip) ?? 0) + 1;
    if (hits > WORTH_IT || this.isOff) return;
    if (this.#hits.size >= MOST_COUNTED) this.#hits.clear();
    this.#hits.set(ip, hits);
    if (hits === WORTH_IT) this.#patch(patcher, ip, nr);
  }

  #patch(patcher: Patcher, ip: number, nr: number): void {
    const text = this.#texts.find((t) => ip > t.start + MOVE_LENGTH + 2 && ip <= t.end);
    if (text === undefined) return;
    const begin = ip - SYSCALL_LENGTH - MOVE_LENGTH;
    if (this.#sites.has(begin)) return;
    const site = text.file.site(text.offset + ip - SYSCALL_LENGTH - text.start);
    if (site === null) return;
    const { original } = site;
    const bytes = patcher.readText(begin, MOVE_LENGTH);
    if (bytes === null || !bytes.every((byte, i) => byte === original[i])) return;
    if (new DataView(original.buffer).getUint32(1, true) !== nr) return;
    const island = this.#islandFor(patcher, text);
    if (island === null) return;
    const at = island.next();
    if (!patcher.writeText(at, trampoline(island.start, at, begin, original))) return;
    island.sites.push(begin);
    if (this.#replace(patcher, begin, jumpTo(begin, at))) this.#own().set(begin, original);
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
    // Whoever meets the breakpoint comes to wasPatched(), and by then this is over.
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
      if (site < end && site + MOVE_LENGTH > start) {
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

  /** Where a thread that stopped at `ip` is said to be: in a trampoline, at its site. */
  siteOf(ip: number): number {
    for (const island of this.#islands) {
      const site = island.siteOf(ip);
      if (site >= 0) return site;
    }
    return ip;
  }

  /** Did a breakpoint before `ip` stand there only while a site was replaced? */
  wasReplaced(ip: number): boolean {
    return this.#hits.get(ip - 1 + MOVE_LENGTH + SYSCALL_LENGTH) !== undefined;
  }

  /** Show the files' own bytes in a copy of [address, address + length). */
  mask(address: number, into: Uint8Array, at: number, length: number): void {
    if (this.#sites.size === 0 || !this.#isText(address, address + length)) return;
    for (const [site, original] of this.#sites)
      for (let i = 0; i < MOVE_LENGTH; i++) {
        const offset = site + i - address;
        if (offset >= 0 && offset < length) into[at + offset] = original[i]!;
      }
  }

  /** Does [start, end) touch anything executable? */
  #isText(start: number, end: number): boolean {
    for (const text of this.#texts) if (start < text.end && text.start < end) return true;
    return false;
  }
}
