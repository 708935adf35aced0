/**
 * MountIds: the ids of an ID-mapped mount (mount_setattr(2), "ID-mapped mounts"): files that belong to an id of the
 * filesystem are seen as belonging to another through the mount, and what is made through it is kept the other way.
 *  - The maps are those of a user namespace, as they were when the mount got them. Its "inside" is what the
 *    filesystem has, by the ids of the namespace that it was mounted in; its "outside" is the kernel's id that is seen.
 *  - NO_ID is seen where a map has no id: nobody owns that file, nobody may change it, and nobody without an
 *    id to keep makes one (EOVERFLOW).
 */
import { EOVERFLOW } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import { type IdMap, NO_ID } from "../ns/id-map.ts";
import type { UserNamespace } from "../ns/user-namespace.ts";
import type { Owned } from "./permission.ts";

export class MountIds {
  readonly uids: IdMap;
  readonly gids: IdMap;
  /** That of the filesystem. */
  readonly #namespace: UserNamespace;

  constructor(shown: { readonly uids: IdMap; readonly gids: IdMap }, namespace: UserNamespace) {
    this.uids = shown.uids;
    this.gids = shown.gids;
    this.#namespace = namespace;
  }

  /** Whose a file of `uid` is through the mount. */
  seenUid(uid: number): number {
    return this.uids.toKernel(this.#namespace.ownUid(uid));
  }

  seenGid(gid: number): number {
    return this.gids.toKernel(this.#namespace.ownGid(gid));
  }

  /** The id by which the filesystem keeps a file that is to be seen as `uid`'s. */
  keptUid(uid: number): number {
    return this.#namespace.kernelUid(this.uids.fromKernel(uid));
  }

  keptGid(gid: number): number {
    return this.#namespace.kernelGid(this.gids.fromKernel(gid));
  }

  seen({ mode, uid, gid }: Owned): Owned {
    return { mode, uid: this.seenUid(uid), gid: this.seenGid(gid) };
  }
}

/** A file as it is seen through a mount; null for one without ids of its own. */
export function seenThrough(ids: MountIds | null, inode: Owned): Owned {
  return ids === null ? inode : ids.seen(inode);
}

/** Has a file an owner and a group as it is seen? */
export function hasOwner({ uid, gid }: Owned): boolean {
  return uid !== NO_ID && gid !== NO_ID;
}

/** Can the filesystem of `namespace` keep what these credentials make through a mount of it? 0 or -EOVERFLOW. */
export function checkMaker(
  { fsuid, fsgid }: Credentials,
  ids: MountIds | null,
  namespace: UserNamespace,
): number {
  const keeps =
    ids === null
      ? namespace.knows(fsuid, fsgid)
      : ids.keptUid(fsuid) !== NO_ID && ids.keptGid(fsgid) !== NO_ID;
  return keeps ? 0 : refuse(EOVERFLOW, "the filesystem has no id for who makes a file");
}

/** A file whose owner is nobody changes only together with the owner. 0 or -EOVERFLOW. */
export function checkOwner(ids: MountIds | null, inode: Owned): number {
  return ids === null || hasOwner(ids.seen(inode))
    ? 0
    : refuse(EOVERFLOW, "the file's owner has no id in this mount");
}
