/**
 * DescriptorCache: which host inodes keep an idle descriptor open, in order of last use. Above the
 * bound the one unused longest is told to close; it opens again through its parent when needed.
 */

export interface DescriptorHolder {
  older: DescriptorHolder | null;
  newer: DescriptorHolder | null;
  cached: boolean;
  /** Close the idle descriptor. */
  closeIdle(): void;
}

export class DescriptorCache {
  readonly bound: number;
  count = 0;
  #oldest: DescriptorHolder | null = null;
  #newest: DescriptorHolder | null = null;

  constructor(bound: number) {
    this.bound = Math.max(8, bound);
  }

  /** This holder's descriptor is open and was used now. */
  use(holder: DescriptorHolder): void {
    if (this.#newest === holder) return;
    if (holder.cached) this.#unlink(holder);
    holder.older = this.#newest;
    holder.newer = null;
    if (this.#newest !== null) this.#newest.newer = holder;
    else this.#oldest = holder;
    this.#newest = holder;
    holder.cached = true;
    this.count++;
    if (this.count > this.bound) this.#drop(this.#oldest!);
  }

  remove(holder: DescriptorHolder): void {
    if (holder.cached) this.#unlink(holder);
  }

  clear(): void {
    while (this.#oldest !== null) this.#drop(this.#oldest);
  }

  #drop(holder: DescriptorHolder): void {
    this.#unlink(holder);
    holder.closeIdle();
  }

  #unlink(holder: DescriptorHolder): void {
    if (holder.older !== null) holder.older.newer = holder.newer;
    else this.#oldest = holder.newer;
    if (holder.newer !== null) holder.newer.older = holder.older;
    else this.#newest = holder.older;
    holder.older = holder.newer = null;
    holder.cached = false;
    this.count--;
  }
}
