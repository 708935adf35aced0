/**
 * IdMap: which user (or group) ids a user namespace has, and which they are outside (user_namespaces(7), "User and
 * group ID mappings"). "Outside" is always the kernel's own ids, those of the first namespace.
 */

/** `count` ids from `inside` on are those from `outside` on. */
export interface IdExtent {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** So many lines may be written to uid_map. */
export const MOST_EXTENTS = 340;
/** (uid_t) -1: no id. */
export const NO_ID = 0xffffffff;
/** What is shown for an id without a name here, /proc/sys/kernel/overflowuid. */
export const OVERFLOW_ID = 65534;

export class IdMap {
  readonly extents: readonly IdExtent[];

  constructor(extents: readonly IdExtent[]) {
    this.extents = extents;
  }

  /** The kernel's id of `id`, or NO_ID. */
  toKernel(id: number): number {
    for (const { inside, outside, count } of this.extents)
      if (id >= inside && id < inside + count) return outside + (id - inside);
    return NO_ID;
  }

  /** What the kernel's id is called here, or NO_ID. */
  fromKernel(id: number): number {
    for (const { inside, outside, count } of this.extents)
      if (id >= outside && id < outside + count) return inside + (id - outside);
    return NO_ID;
  }
}

export const EMPTY_MAP = new IdMap([]);
export const IDENTITY_MAP = new IdMap([{ inside: 0, outside: 0, count: NO_ID }]);
