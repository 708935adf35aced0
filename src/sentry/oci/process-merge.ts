/**
 * process-merge: what `exec` says on its command line, on top of the container's own process: the
 * environment and capabilities grow, everything else that is said replaces.
 */
import type { CapabilitiesSpec, ProcessSpec } from "../../oci/spec.ts";

const SETS = ["bounding", "effective", "permitted", "inheritable", "ambient"] as const;

/** `inherits` false: `said` is a whole process (`exec --process FILE`). */
export function mergeProcess(own: ProcessSpec, said: ProcessSpec, inherits: boolean): ProcessSpec {
  if (!inherits) return said;
  return {
    ...own,
    terminal: false,
    ...said,
    env: [...(own.env ?? []), ...(said.env ?? [])],
    cwd: said.cwd || own.cwd,
    user: said.user ?? own.user ?? {},
    capabilities: grown(own.capabilities ?? {}, said.capabilities?.bounding ?? []),
  };
}

function grown(own: CapabilitiesSpec, more: readonly string[]): CapabilitiesSpec {
  if (more.length === 0) return own;
  return Object.fromEntries(
    SETS.map((name) => [name, [...new Set([...(own[name] ?? []), ...more])]]),
  );
}
