/**
 * Entropy: the only way by which chance enters the kernel. `generation` changes when a sandbox is
 * restored or forked; whoever keeps a seed takes a new one then.
 */
export interface Entropy {
  readonly generation: number;
  /** Fill with unpredictable bytes. */
  fill(bytes: Uint8Array): void;
  /** A uniform whole number in [0, limit). */
  below(limit: number): number;
}
