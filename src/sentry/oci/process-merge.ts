/**
 * process-merge: what `exec` says on its command line, on top of the container's own process: the
 * environment, groups and capabilities grow, everything else that is said replaces.
 */
import type { CapabilitiesSpec, ProcessSpec, UserSpec } from "../../oci/spec.ts";

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
    user: userOf(own.user ?? {}, said.user ?? {}),
    capabilities: grown(own.capabilities ?? {}, said.capabilities?.bounding ?? []),
  };
}

function userOf(own: UserSpec, said: UserSpec): UserSpec {
  return {
    ...own,
    ...said,
    additionalGids: [...(own.additionalGids ?? []), ...(said.additionalGids ?? [])],
  };
}

function grown(own: CapabilitiesSpec, more: readonly string[]): CapabilitiesSpec {
  if (more.length === 0) return own;
  return Object.fromEntries(
    SETS.map((name) => [name, [...new Set([...(own[name] ?? []), ...more])]]),
  );
}
