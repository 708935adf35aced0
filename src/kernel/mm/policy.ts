/**
 * MemoryPolicy: on which memory nodes pages shall be (numa(7), set_mempolicy(2)). The machine that
 * guests see has node 0 only, so a policy is checked, kept and told, and changes nothing.
 */
import { EINVAL } from "../../abi/errno.ts";
import {
  MPOL_BIND,
  MPOL_DEFAULT,
  MPOL_F_NUMA_BALANCING,
  MPOL_F_RELATIVE_NODES,
  MPOL_F_STATIC_NODES,
  MPOL_LOCAL,
  MPOL_MODE_FLAGS,
  MPOL_PREFERRED,
  MPOL_PREFERRED_MANY,
  MPOL_WEIGHTED_INTERLEAVE,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";

/** Bits of a node mask, as numbers of nodes in order. */
export type Nodes = readonly number[];

export const ALL_NODES: Nodes = [0];

export class MemoryPolicy {
  readonly mode: number;
  /** MPOL_F_*. */
  readonly flags: number;
  readonly nodes: Nodes;

  constructor(mode: number, flags: number, nodes: Nodes) {
    this.mode = mode;
    this.flags = flags;
    this.nodes = nodes;
  }
}

/** The policy that a call asks for, null for the default, or -errno. */
export function makePolicy(modeAndFlags: number, nodes: Nodes): MemoryPolicy | null | number {
  const flags = modeAndFlags & MPOL_MODE_FLAGS;
  const mode = modeAndFlags & ~MPOL_MODE_FLAGS;
  if (mode < 0 || mode > MPOL_WEIGHTED_INTERLEAVE) return refuse(EINVAL, "mempolicy: no such mode");
  const user = flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES);
  if (user === (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES))
    return refuse(EINVAL, "mempolicy: nodes both static and relative");
  if ((flags & MPOL_F_NUMA_BALANCING) !== 0 && mode !== MPOL_BIND && mode !== MPOL_PREFERRED_MANY)
    return refuse(EINVAL, "mempolicy: no balancing in this mode");
  if (mode === MPOL_DEFAULT)
    return nodes.length === 0 ? null : refuse(EINVAL, "mempolicy: the default has no nodes");
  if (mode === MPOL_LOCAL || (mode === MPOL_PREFERRED && nodes.length === 0)) {
    if (nodes.length > 0 || user !== 0) return refuse(EINVAL, "mempolicy: local has no nodes");
    return new MemoryPolicy(MPOL_LOCAL, flags, []);
  }
  const usable = user === MPOL_F_RELATIVE_NODES ? nodes.length > 0 : nodes.includes(0);
  if (!usable) return refuse(EINVAL, "mempolicy: no usable node");
  return new MemoryPolicy(mode, flags, user !== 0 ? nodes : ALL_NODES);
}
