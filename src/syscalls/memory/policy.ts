/**
 * NUMA calls on a machine with one memory node. Source: set_mempolicy(2), get_mempolicy(2), mbind(2),
 * migrate_pages(2), move_pages(2), set_mempolicy_home_node(2).
 */
import { CAP_SYS_NICE } from "../../abi/capability.ts";
import {
  E2BIG,
  EFAULT,
  EINVAL,
  ENODEV,
  ENOENT,
  EOPNOTSUPP,
  EPERM,
  ESRCH,
} from "../../abi/errno.ts";
import {
  MPOL_BIND,
  MPOL_DEFAULT,
  MPOL_F_ADDR,
  MPOL_F_MEMS_ALLOWED,
  MPOL_F_NODE,
  MPOL_INTERLEAVE,
  MPOL_MF_MOVE_ALL,
  MPOL_MF_STRICT,
  MPOL_PREFERRED_MANY,
  MPOL_WEIGHTED_INTERLEAVE,
  mempolicyBindFlags,
  mempolicyGetFlags,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import { PAGE_SIZE, pageUp } from "../../kernel/mm/mm.ts";
import { ALL_NODES, type MemoryPolicy, makePolicy, type Nodes } from "../../kernel/mm/policy.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";

/** MAX_NUMNODES of usual kernels. */
const MOST_NODES = 1024;
const WORD_BITS = 64;
/** Nobody else gets anything done meanwhile. */
const MOST_PAGES = 65536;

// --- node masks -------------------------------------------------------------------------------

/** `maxnode` counts one bit more than there are, as everywhere in these calls. */
function readNodes(task: Task, at: number, maxnode: number): Nodes | number {
  const bits = maxnode - 1;
  if (maxnode === 0 || bits === 0 || at === 0) return [];
  if (bits > PAGE_SIZE * 8) return refuse(EINVAL, "mempolicy: mask too long");
  const bytes = task.mm.read(at, Math.ceil(bits / WORD_BITS) * 8);
  if (bytes === null) return -EFAULT;
  const nodes: number[] = [];
  for (let bit = 0; bit < bits; bit++)
    if (((bytes[bit >> 3]! >> (bit & 7)) & 1) !== 0) nodes.push(bit);
  return nodes.some((node) => node >= MOST_NODES) ? -EINVAL : nodes;
}

function writeNodes(task: Task, at: number, maxnode: number, nodes: Nodes): number {
  const length = Math.ceil((maxnode - 1) / WORD_BITS) * 8;
  if (length > PAGE_SIZE) return refuse(EINVAL, "mempolicy: mask too long");
  const bytes = new Uint8Array(length);
  for (const node of nodes)
    if (node >> 3 < bytes.length) bytes[node >> 3] = bytes[node >> 3]! | (1 << (node & 7));
  return task.mm.write(at, bytes);
}

// --- policies ---------------------------------------------------------------------------------

export function set_mempolicy(task: Task, mode: number, at: number, maxnode: number): number {
  const nodes = readNodes(task, at, maxnode);
  if (typeof nodes === "number") return nodes;
  const policy = makePolicy(mode | 0, nodes);
  if (typeof policy === "number") return policy;
  task.memoryPolicy = policy;
  return 0;
}

export function get_mempolicy(
  task: Task,
  modeAt: number,
  nodesAt: number,
  maxnode: number,
  address: number,
  flags: number,
): number {
  if (nodesAt !== 0 && maxnode < 1) return refuse(EINVAL, "get_mempolicy: mask too short");
  if (mempolicyGetFlags.unknown(flags) !== 0) return refuse(EINVAL, "get_mempolicy: unknown flags");
  if ((flags & MPOL_F_MEMS_ALLOWED) !== 0) {
    if ((flags & (MPOL_F_NODE | MPOL_F_ADDR)) !== 0) return -EINVAL;
    return tell(task, modeAt, MPOL_DEFAULT, nodesAt, maxnode, ALL_NODES);
  }
  const policy = policyFor(task, address, flags);
  if (typeof policy === "number") return policy;
  const nodes = policy?.nodes ?? [];
  if ((flags & MPOL_F_NODE) === 0) {
    const mode = policy === null ? MPOL_DEFAULT : policy.mode | policy.flags;
    return tell(task, modeAt, mode, nodesAt, maxnode, nodes);
  }
  const interleaves =
    policy !== null &&
    (policy.mode === MPOL_INTERLEAVE || policy.mode === MPOL_WEIGHTED_INTERLEAVE);
  if ((flags & MPOL_F_ADDR) === 0 && !interleaves)
    return refuse(EINVAL, "get_mempolicy: no next node in this mode");
  return tell(task, modeAt, 0, nodesAt, maxnode, nodes);
}

function policyFor(task: Task, address: number, flags: number): MemoryPolicy | null | number {
  if ((flags & MPOL_F_ADDR) === 0)
    return address === 0 ? task.memoryPolicy : refuse(EINVAL, "get_mempolicy: no MPOL_F_ADDR");
  const area = task.mm.areas.find(address);
  if (area === null) return refuse(EFAULT, "get_mempolicy: nothing is mapped there");
  return area.policy ?? task.memoryPolicy;
}

function tell(
  task: Task,
  modeAt: number,
  mode: number,
  nodesAt: number,
  maxnode: number,
  nodes: Nodes,
): number {
  if (modeAt !== 0 && task.mm.writeI32(modeAt, mode) < 0) return -EFAULT;
  return nodesAt === 0 ? 0 : writeNodes(task, nodesAt, maxnode, nodes);
}

export function mbind(
  task: Task,
  start: number,
  length: number,
  mode: number,
  nodesAt: number,
  maxnode: number,
  flags: number,
): number {
  const nodes = readNodes(task, nodesAt, maxnode);
  if (typeof nodes === "number") return nodes;
  if (mempolicyBindFlags.unknown(flags) !== 0) return refuse(EINVAL, "mbind: unknown flags");
  if ((flags & MPOL_MF_MOVE_ALL) !== 0 && !task.credentials.has(CAP_SYS_NICE))
    return refuse(EPERM, "mbind: MPOL_MF_MOVE_ALL needs CAP_SYS_NICE");
  if (start % PAGE_SIZE !== 0) return refuse(EINVAL, "mbind: address is not page aligned");
  const end = start + pageUp(length);
  if (end === start) return 0;
  const policy = makePolicy(mode | 0, nodes);
  if (typeof policy === "number") return policy;
  if (!task.mm.areas.covers(start, end)) return refuse(EFAULT, "mbind: range is not wholly mapped");
  task.mm.areas.update(start, end, (area) => {
    area.policy = policy;
  });
  task.mm.changed();
  return 0;
}

export function set_mempolicy_home_node(
  task: Task,
  start: number,
  length: number,
  node: number,
  flags: number,
): number {
  if (flags !== 0 || start % PAGE_SIZE !== 0) return refuse(EINVAL, "home_node: flags or address");
  if (node !== 0) return refuse(EINVAL, "home_node: no such node");
  const end = start + pageUp(length);
  if (end === start) return 0;
  let rc = -ENOENT;
  for (const { policy } of task.mm.areas.within(start, end)) {
    if (policy === null) continue;
    if (policy.mode !== MPOL_BIND && policy.mode !== MPOL_PREFERRED_MANY)
      return refuse(EOPNOTSUPP, "home_node: not in this mode");
    rc = 0;
  }
  return rc;
}

// --- moving pages -----------------------------------------------------------------------------

function findTarget(task: Task, pid: number): Task | number {
  const target = pid === 0 ? task : task.findTask(pid);
  if (target === undefined || target.state === "dead") return -ESRCH;
  return mayAccess(task, target) ? target : refuse(EPERM, "no ptrace access");
}

export function migrate_pages(
  task: Task,
  pid: number,
  maxnode: number,
  oldAt: number,
  newAt: number,
): number {
  const from = readNodes(task, oldAt, maxnode);
  if (typeof from === "number") return from;
  const to = readNodes(task, newAt, maxnode);
  if (typeof to === "number") return to;
  const target = findTarget(task, pid);
  if (typeof target === "number") return target;
  if (to.some((node) => node !== 0) && !task.credentials.has(CAP_SYS_NICE)) return -EPERM;
  return to.includes(0) ? 0 : refuse(EINVAL, "migrate_pages: no usable node");
}

export function move_pages(
  task: Task,
  pid: number,
  count: number,
  pagesAt: number,
  nodesAt: number,
  statusAt: number,
  flags: number,
): number {
  if (mempolicyBindFlags.unknown(flags) !== 0 || (flags & MPOL_MF_STRICT) !== 0)
    return refuse(EINVAL, "move_pages: bad flags");
  if ((flags & MPOL_MF_MOVE_ALL) !== 0 && !task.credentials.has(CAP_SYS_NICE)) return -EPERM;
  const target = findTarget(task, pid);
  if (typeof target === "number") return target;
  if (count > MOST_PAGES) return refuse(E2BIG, "move_pages: more pages than are looked at at once");
  for (let i = 0; i < count; i++) {
    const page = task.mm.readU64(pagesAt + i * 8);
    if (Number.isNaN(page)) return -EFAULT;
    const node = nodesAt === 0 ? 0 : task.mm.readI32(nodesAt + i * 4);
    if (Number.isNaN(node)) return -EFAULT;
    if (node !== 0) return refuse(ENODEV, "move_pages: no such node");
    const status = whereIs(task, target, page, statusAt + i * 4);
    if (task.mm.writeI32(statusAt + i * 4, status) < 0) return -EFAULT;
  }
  return 0;
}

/** Node 0, -ENOENT for a page that is not there yet, -EFAULT. `spare` is a guest byte to write to. */
function whereIs(task: Task, target: Task, address: number, spare: number): number {
  const page = address - (address % PAGE_SIZE);
  if (target.mm.areas.find(page) === null) return -EFAULT;
  if (target.mm !== task.mm || task.thread.mincore(page, PAGE_SIZE, spare) < 0) return 0;
  const resident = task.mm.read(spare, 1);
  return resident !== null && (resident[0]! & 1) === 0 ? -ENOENT : 0;
}
