/**
 * CallStats: which system calls came how, for `--stats`: from patched sites, or by a trap; and the sites
 * that trapped most. Sites are counted by number and place, in memory of bounded size.
 */

const MOST_SITES = 10_000;

/** A site that traps. */
export interface TrappingSite {
  readonly nr: number;
  readonly ip: number;
  count: number;
}

export class CallStats {
  /** From patched sites. */
  called = 0;
  trapped = 0;
  readonly #sites = new Map<string, TrappingSite>();

  trap(nr: number, ip: number): void {
    this.trapped++;
    const key = `${nr} ${ip}`;
    const site = this.#sites.get(key);
    if (site !== undefined) site.count++;
    else if (this.#sites.size < MOST_SITES) this.#sites.set(key, { nr, ip, count: 1 });
  }

  /** The sites that trapped most, the worst first. */
  worst(count: number): TrappingSite[] {
    return [...this.#sites.values()].sort((a, b) => b.count - a.count).slice(0, count);
  }
}
