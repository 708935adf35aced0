/**
 * statmount and listmount: the tree of mounts as structs. Source: statmount(2), listmount(2). Ids of
 * mounts are never used twice here, so the old and the unique ones are the same number but for the
 * distance that keeps them apart on Linux.
 */
import { EFAULT, EINVAL, ENOENT, EOVERFLOW } from "../../abi/errno.ts";
import {
  LISTMOUNT_REVERSE,
  LSMT_ROOT,
  MNT_ID_REQ_SIZE_VER0,
  MS_RDONLY,
  mnt_id_req,
  STATMOUNT_FS_TYPE,
  STATMOUNT_MNT_BASIC,
  STATMOUNT_MNT_GIDMAP,
  STATMOUNT_MNT_NS_ID,
  STATMOUNT_MNT_OPTS,
  STATMOUNT_MNT_POINT,
  STATMOUNT_MNT_ROOT,
  STATMOUNT_MNT_UIDMAP,
  STATMOUNT_PROPAGATE_FROM,
  STATMOUNT_SB_BASIC,
  STATMOUNT_SB_SOURCE,
  statmount as statmountStruct,
} from "../../abi/mount.ts";
import { major, minor } from "../../abi/stat.ts";
import type { ValueOf } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import { type IdMap, NO_ID } from "../../kernel/ns/id-map.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import { Path } from "../../kernel/vfs/path.ts";
import { isReachable, pathname } from "../../kernel/vfs/pathname.ts";
import { dominatingGroup } from "../../kernel/vfs/peer-group.ts";
import { attributesOf, propagationOf } from "./mount-attributes.ts";

/** Unique ids begin above all old ones. */
export const UNIQUE_ID_BASE = 2 ** 31;

type Request = ValueOf<typeof mnt_id_req.fields>;
type Status = { -readonly [K in keyof ValueOf<typeof statmountStruct.fields>]?: number };

function readRequest(task: Task, at: number): Request | number {
  const size = task.mm.readU32(at);
  if (Number.isNaN(size)) return -EFAULT;
  if (size < MNT_ID_REQ_SIZE_VER0 || size > 4096) return refuse(EINVAL, "mnt_id_req: bad size");
  const given = task.mm.read(at, size);
  if (given === null) return -EFAULT;
  const bytes = new Uint8Array(mnt_id_req.size);
  bytes.set(given.subarray(0, bytes.length));
  const request = mnt_id_req.read(new DataView(bytes.buffer), 0);
  if (request.mnt_ns_fd !== 0) return refuse(EINVAL, "mnt_id_req: spare is not 0");
  return request;
}

function find(task: Task, id: number): Mount | number {
  if (id <= UNIQUE_ID_BASE) return refuse(EINVAL, "statmount: not a unique id");
  for (const mount of task.namespaces.mounts.mounts())
    if (mount.id + UNIQUE_ID_BASE === id) return mount;
  return refuse(ENOENT, "statmount: no such mount");
}

export function statmount(
  task: Task,
  requestAt: number,
  at: number,
  size: number,
  flags: number,
): number {
  if (flags !== 0) return refuse(EINVAL, "statmount: no flags");
  const request = readRequest(task, requestAt);
  if (typeof request === "number") return request;
  const mount = find(task, request.mnt_id);
  if (typeof mount === "number") return mount;
  const status: Status = { mask: 0 };
  const strings = new Strings();
  describe(task, mount, request.param, status, strings);
  const total = statmountStruct.size + strings.text.length;
  if (strings.text.length > 0 && total > size) return refuse(EOVERFLOW, "statmount: no room");
  status.size = total;
  const bytes = new Uint8Array(total);
  statmountStruct.write(new DataView(bytes.buffer), 0, status);
  for (let i = 0; i < strings.text.length; i++)
    bytes[statmountStruct.size + i] = strings.text.charCodeAt(i);
  return task.mm.write(at, bytes.subarray(0, size));
}

/** The strings that follow the struct. */
class Strings {
  text = "";

  /** Where the string is. */
  add(text: string): number {
    const at = this.text.length;
    this.text += `${text}\0`;
    return at;
  }

  /** Where the first of several is. */
  addAll(texts: readonly string[]): number {
    const at = this.text.length;
    for (const text of texts) this.add(text);
    return at;
  }
}

function describe(task: Task, mount: Mount, wanted: number, out: Status, strings: Strings): void {
  const { filesystem } = mount;
  const gives = (part: number): boolean => {
    if (Math.floor(wanted / part) % 2 === 0) return false;
    out.mask! += part;
    return true;
  };
  if (gives(STATMOUNT_SB_BASIC)) {
    const { statfs } = task.kernel.vfs;
    filesystem.statfs(statfs);
    out.sb_dev_major = major(filesystem.dev);
    out.sb_dev_minor = minor(filesystem.dev);
    out.sb_magic = statfs.type;
    out.sb_flags = filesystem.readOnly ? MS_RDONLY : 0;
  }
  if (gives(STATMOUNT_MNT_BASIC)) describeMount(mount, out);
  if (gives(STATMOUNT_PROPAGATE_FROM))
    out.propagate_from = dominatingGroup(mount, task.fs.root)?.id ?? 0;
  if (gives(STATMOUNT_FS_TYPE)) out.fs_type = strings.add(filesystem.type);
  if (gives(STATMOUNT_MNT_ROOT)) out.mnt_root = strings.add(rootName(mount));
  if (gives(STATMOUNT_MNT_POINT))
    out.mnt_point = strings.add(pathname(new Path(mount, mount.root), task.fs.root));
  if (gives(STATMOUNT_MNT_NS_ID)) out.mnt_ns_id = task.namespaces.mounts.id;
  if (gives(STATMOUNT_MNT_OPTS)) out.mnt_opts = strings.add(filesystem.options().slice(1));
  if (gives(STATMOUNT_SB_SOURCE)) out.sb_source = strings.add(mount.source);
  if (mount.ids !== null) {
    const { userNamespace } = task.credentials;
    if (gives(STATMOUNT_MNT_UIDMAP)) {
      const lines = mapLines(mount.ids.uids, userNamespace.level === 0 ? null : userNamespace.uids);
      out.mnt_uidmap_num = lines.length;
      out.mnt_uidmap = strings.addAll(lines);
    }
    if (gives(STATMOUNT_MNT_GIDMAP)) {
      const lines = mapLines(mount.ids.gids, userNamespace.level === 0 ? null : userNamespace.gids);
      out.mnt_gidmap_num = lines.length;
      out.mnt_gidmap = strings.addAll(lines);
    }
  }
}

/** A line for each range that the caller, whose own map is `caller`, can name as a whole. */
function mapLines(map: IdMap, caller: IdMap | null): string[] {
  const lines: string[] = [];
  for (const { inside, outside, count } of map.extents) {
    const shown = caller === null ? outside : caller.fromKernel(outside);
    const last = caller === null ? shown + count - 1 : caller.fromKernel(outside + count - 1);
    if (shown !== NO_ID && last === shown + count - 1) lines.push(`${inside} ${shown} ${count}`);
  }
  return lines;
}

function describeMount(mount: Mount, out: Status): void {
  const parent = mount.parent ?? mount;
  out.mnt_id = mount.id + UNIQUE_ID_BASE;
  out.mnt_parent_id = parent.id + UNIQUE_ID_BASE;
  out.mnt_id_old = mount.id;
  out.mnt_parent_id_old = parent.id;
  out.mnt_attr = attributesOf(mount);
  out.mnt_propagation = propagationOf(mount);
  out.mnt_peer_group = mount.group?.id ?? 0;
  out.mnt_master = mount.master?.id ?? 0;
}

/** What of the filesystem the mount shows. */
function rootName(mount: Mount): string {
  let name = "";
  for (let dentry = mount.root; dentry.parent !== null; dentry = dentry.parent)
    name = `/${dentry.name}${name}`;
  return name === "" ? "/" : name;
}

/** All mounts below one, in the order of their ids. */
export function listmount(
  task: Task,
  requestAt: number,
  idsAt: number,
  count: number,
  flags: number,
): number {
  if ((flags & ~LISTMOUNT_REVERSE) !== 0) return refuse(EINVAL, "listmount: unknown flags");
  const request = readRequest(task, requestAt);
  if (typeof request === "number") return request;
  const { root } = task.namespaces.mounts;
  const top = request.mnt_id === LSMT_ROOT ? root : find(task, request.mnt_id);
  if (typeof top === "number") return top;
  const from = new Path(top, top.root);
  const reverse = (flags & LISTMOUNT_REVERSE) !== 0;
  const ids = [...task.namespaces.mounts.mounts()]
    .filter((mount) => mount !== top && isReachable(new Path(mount, mount.root), from))
    .map((mount) => mount.id + UNIQUE_ID_BASE)
    .sort((a, b) => (reverse ? b - a : a - b))
    .filter((id) => request.param === 0 || (reverse ? id < request.param : id > request.param))
    .slice(0, count);
  for (const [index, id] of ids.entries())
    if (task.mm.writeU64(idsAt + index * 8, id) < 0) return -EFAULT;
  return ids.length;
}
