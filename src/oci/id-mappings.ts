/**
 * id-mappings: what lists of uidMappings and gidMappings must say: what a kernel takes as a map of a user
 * namespace (user_namespaces(7)).
 */
import type { IdMapping } from "./spec.ts";

/** So many lines may a map have. */
const MOST_MAPPINGS = 340;
/** (uid_t) -1 is nobody's. */
const NO_ID = 2 ** 32 - 1;

/** Complaints about the list at the path `at`. */
export function checkMappings(mappings: readonly IdMapping[], at: string, errors: string[]): void {
  if (mappings.length > MOST_MAPPINGS)
    errors.push(`${at} must not have more than ${MOST_MAPPINGS} entries, not ${mappings.length}`);
  for (const [i, { containerID, hostID, size }] of mappings.entries()) {
    if (size === 0) errors.push(`${at}[${i}].size must not be 0`);
    if (containerID + size > NO_ID || hostID + size > NO_ID)
      errors.push(`${at}[${i}] must end below ${NO_ID}`);
  }
  if (mappings.length > MOST_MAPPINGS) return;
  for (const field of ["containerID", "hostID"] as const) {
    const ranges = mappings.map((each, i) => ({
      i,
      from: each[field],
      to: each[field] + each.size,
    }));
    ranges.sort((a, b) => a.from - b.from);
    let furthest = ranges[0];
    for (const range of ranges.slice(1)) {
      if (range.from < furthest!.to)
        errors.push(`${at}[${range.i}] gives a ${field} again that ${at}[${furthest!.i}] has`);
      if (range.to > furthest!.to) furthest = range;
    }
  }
}
