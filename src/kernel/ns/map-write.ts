/**
 * Writing uid_map and gid_map, once each (user_namespaces(7), "Defining user and group ID mappings"). A line is
 * "INSIDE OUTSIDE COUNT", where OUTSIDE counts in the parent namespace. Who opened the file must have the
 * powers as well as who writes to it, so that no other program can be made to write for somebody.
 */
import { CAP_SETFCAP, CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EINVAL, EPERM } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import { type IdExtent, IdMap, MOST_EXTENTS, NO_ID } from "./id-map.ts";
import type { UserNamespace } from "./user-namespace.ts";

export type IdKind = "uids" | "gids";

const LINE = /^[ \t]*(\d{1,10})[ \t]+(\d{1,10})[ \t]+(\d{1,10})[ \t]*$/;

/** 0 or -errno. */
export function writeIdMap(
  target: UserNamespace,
  kind: IdKind,
  text: string,
  writer: Credentials,
  opener: Credentials,
): number {
  const { parent } = target;
  const from = opener.userNamespace;
  if (parent === null || (from !== target && from !== parent))
    return refuse(EPERM, "id map: not a namespace of the opener's or right below");
  if (target[kind].extents.length > 0) return refuse(EPERM, "id map: written already");
  if (!opener.hasIn(target, CAP_SYS_ADMIN))
    return refuse(EPERM, "id map: needs CAP_SYS_ADMIN in the namespace");
  const extents = parse(text);
  if (extents === null) return refuse(EINVAL, "id map: not lines of ids and counts");
  if (!mayMap(target, parent, kind, extents, writer, opener))
    return refuse(EPERM, "id map: ids that the writer may not map");
  const outside = throughParent(parent[kind], extents);
  if (outside === null) return refuse(EPERM, "id map: ids that the parent does not have");
  target[kind] = new IdMap(outside);
  return 0;
}

function parse(text: string): IdExtent[] | null {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length > MOST_EXTENTS) return null;
  const extents: IdExtent[] = [];
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) return null;
    const inside = Number(match[1]);
    const outside = Number(match[2]);
    const count = Number(match[3]);
    if (count === 0 || inside + count > NO_ID || outside + count > NO_ID) return null;
    const extent = { inside, outside, count };
    if (extents.some((other) => overlap(other, extent))) return null;
    extents.push(extent);
  }
  return extents;
}

function overlap(a: IdExtent, b: IdExtent): boolean {
  const meet = (x: number, y: number) => x < y + b.count && y < x + a.count;
  return meet(a.inside, b.inside) || meet(a.outside, b.outside);
}

function mayMap(
  target: UserNamespace,
  parent: UserNamespace,
  kind: IdKind,
  extents: readonly IdExtent[],
  writer: Credentials,
  opener: Credentials,
): boolean {
  if (kind === "uids" && !mayMapRoot(target, parent, extents, opener)) return false;
  const [first] = extents;
  if (extents.length === 1 && first!.count === 1 && opener.euid === target.ownerUid) {
    // Everybody may be somebody in his own namespace.
    const own = parent[kind].toKernel(first!.outside);
    if (kind === "uids" && own === opener.euid) return true;
    if (kind === "gids" && !target.maySetGroups && own === opener.egid) return true;
  }
  const capability = kind === "uids" ? CAP_SETUID : CAP_SETGID;
  return writer.hasIn(parent, capability) && opener.hasIn(parent, capability);
}

/** File capabilities of the parent's root would count in the child: only for who may set them. */
function mayMapRoot(
  target: UserNamespace,
  parent: UserNamespace,
  extents: readonly IdExtent[],
  opener: Credentials,
): boolean {
  if (!extents.some(({ outside }) => outside === 0)) return true;
  return opener.userNamespace === target
    ? target.parentCouldSetfcap
    : opener.hasIn(parent, CAP_SETFCAP);
}

/** The parent's ids as the kernel's; null when it does not have them all, in one piece each. */
function throughParent(map: IdMap, extents: readonly IdExtent[]): IdExtent[] | null {
  const found: IdExtent[] = [];
  for (const { inside, outside, count } of extents) {
    const around = map.extents.find(
      (extent) => outside >= extent.inside && outside + count <= extent.inside + extent.count,
    );
    if (around === undefined) return null;
    found.push({ inside, outside: around.outside + (outside - around.inside), count });
  }
  return found;
}

/** uid_map or gid_map as a reader in `from` sees it: relative to himself, or to the parent of his own. */
export function showIdMap(target: UserNamespace, kind: IdKind, from: UserNamespace): string {
  const lower = from === target ? (target.parent ?? target) : from;
  const pad = (id: number) => String(id).padStart(10);
  return target[kind].extents
    .map(({ inside, outside, count }) => {
      const shown = lower[kind].fromKernel(outside);
      return `${pad(inside)} ${pad(shown)} ${pad(count)}\n`;
    })
    .join("");
}

/** The file setgroups: "deny" cannot be taken back, and "allow" is no more than what the parent has. */
export function writeSetGroups(target: UserNamespace, text: string, opener: Credentials): number {
  if (!opener.hasIn(target, CAP_SYS_ADMIN))
    return refuse(EPERM, "setgroups: needs CAP_SYS_ADMIN in the namespace");
  const word = text.replace(/\s+$/, "");
  if (word === "allow")
    return target.maySetGroups ? 0 : refuse(EPERM, "setgroups: denied for good");
  if (word !== "deny") return refuse(EINVAL, "setgroups: neither allow nor deny");
  if (target.gids.extents.length > 0) return refuse(EPERM, "setgroups: gid_map is written");
  target.maySetGroups = false;
  return 0;
}
