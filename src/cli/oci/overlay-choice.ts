/**
 * overlay-choice: what `--overlay2` says: which files are kept apart from the host's, where what is
 * written to them goes meanwhile, and how much it may be. `root:memory`, `all:dir=/tmp,size=2g`, `none`.
 */
import { FlagError } from "./flags.ts";

export interface OverlayChoice {
  /** The root directory, or bind mounts as well. */
  readonly of: "none" | "root" | "all";
  /** "memory"; "self": files without a name in the root directory; or in a directory. */
  readonly medium: string;
  /** Most bytes; 0 for no limit. */
  readonly bytes: number;
}

export const NO_OVERLAY: OverlayChoice = { of: "none", medium: "memory", bytes: 0 };

export function parseOverlay(text: string): OverlayChoice {
  if (text === "" || text === "none") return NO_OVERLAY;
  const match = /^(root|all):(memory|self|dir=(\/[^,]*))(?:,size=(\d+[kmgt]?))?$/i.exec(text);
  if (match === null)
    throw new FlagError(
      `--overlay2 takes none, or root or all with :memory, :self or :dir=/PATH, and ,size=N if you like; not "${text}"`,
    );
  const [, of, medium, directory, size] = match;
  return {
    of: of as "root" | "all",
    medium: directory ?? medium!,
    bytes: size === undefined ? 0 : amountOf(size),
  };
}

function amountOf(text: string): number {
  const unit = /[kmgt]$/i.exec(text)?.[0].toLowerCase() ?? " ";
  return Number.parseInt(text, 10) * 1024 ** " kmgt".indexOf(unit);
}
