/**
 * user-namespace: which user namespace a container runs in (config-linux.md, "User namespace mappings"): one of
 * its own with the maps of its config, another container's of its pod, or the kernel's first.
 *  - The kernel's ids are the host's: what the container writes belongs to `hostID`, as engines that remap
 *    users count on. The sandbox process itself need not change who it is.
 *  - The container is set up as root of its namespace, so it owns what it mounts and makes, and gets no
 *    more of its root directory than that user may have.
 */
import process from "node:process";
import { Credentials } from "../../kernel/cred/credentials.ts";
import { IdMap } from "../../kernel/ns/id-map.ts";
import { FIRST_USER_NAMESPACE, UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import type { IdMapping, Spec } from "../../oci/spec.ts";

/** `shared`: that of another container, which this one's config names by its path. */
export function makeUserNamespace(
  vfs: Vfs,
  { linux }: Spec,
  shared: UserNamespace | null,
): UserNamespace {
  if (shared !== null) return shared;
  if (linux?.namespaces?.some(({ type }) => type === "user") !== true) return FIRST_USER_NAMESPACE;
  const uid = process.geteuid!();
  const gid = process.getegid!();
  const id = vfs.newNamespaceId();
  const made = new UserNamespace(id, FIRST_USER_NAMESPACE, uid, gid);
  const gids = linux.gidMappings ?? [];
  made.uids = idMapOf(linux.uidMappings ?? []);
  made.gids = idMapOf(gids);
  // Who has no power over groups may map his own alone, and drops none (user_namespaces(7)).
  const isOwnAlone = gids.length === 1 && gids[0]!.size === 1 && gids[0]!.hostID === gid;
  made.maySetGroups = uid === 0 || !isOwnAlone;
  return made;
}

export function idMapOf(mappings: readonly IdMapping[]): IdMap {
  return new IdMap(
    mappings.map(({ containerID, hostID, size }) => ({
      inside: containerID,
      outside: hostID,
      count: size,
    })),
  );
}

/** Who sets a container up: its root, with all powers there. */
export function rootOf(namespace: UserNamespace): Credentials {
  const root = Credentials.forUser(namespace.kernelUid(0), namespace.kernelGid(0), []);
  return namespace === FIRST_USER_NAMESPACE ? root : root.enter(namespace);
}
