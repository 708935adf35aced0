/**
 * namespaces: which namespaces a container gets (config-linux.md, "Namespaces"): one of its own for each
 * kind that the config lists, those of the sandbox for the others.
 *  - Mounts are always its own. The network is the sandbox's: which one of the host that is, the
 *    sandbox's process has decided by joining it (boot.ts).
 *  - In a pod a path names what is the first container's; pid namespaces may be any container's.
 *  - The container's user namespace owns those of its own, so that its root has power over them. The network
 *    that the sandbox was started for counts as one, unless the config found it made already.
 *  - A container that lists no pid namespace sees every process of the sandbox.
 */
import { hostname as hostName } from "node:os";
import { byteString } from "../../host/bytes.ts";
import { CgroupNamespace } from "../../kernel/cgroup/cgroup.ts";
import { IpcNamespace } from "../../kernel/ipc/namespace.ts";
import { type Namespaces, UtsNamespace } from "../../kernel/ns/namespaces.ts";
import { PidNamespace } from "../../kernel/ns/pid-namespace.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { NamespaceType, Spec } from "../../oci/spec.ts";
import type { Sandbox } from "../sandbox.ts";

const NO_NAME = "(none)";

/** `shared`: another container's pid namespace, that this one's config names by its path. */
export function makeNamespaces(
  sandbox: Sandbox,
  spec: Spec,
  root: Path,
  owner: UserNamespace,
  shared: PidNamespace | null,
): Namespaces {
  const { kernel } = sandbox;
  const newId = () => kernel.vfs.newNamespaceId();
  const isOwn = (kind: NamespaceType) =>
    spec.linux?.namespaces?.some(({ type, path }) => type === kind && !path) === true;
  if (kernel.namespaces === undefined && ownsNetwork(spec)) kernel.network.owner = owner;
  const first = kernel.namespaces ?? sandbox.firstNamespaces(root, hostName());
  return first.with({
    mounts: root.mount.namespace!,
    uts: isOwn("uts")
      ? new UtsNamespace(
          newId(),
          owner,
          byteString(spec.hostname || hostName()),
          byteString(spec.domainname || NO_NAME),
        )
      : first.uts,
    ipc: isOwn("ipc") ? new IpcNamespace(newId(), owner) : first.ipc,
    cgroup: isOwn("cgroup") ? new CgroupNamespace(first.cgroup.root, newId(), owner) : first.cgroup,
    pidForChildren:
      shared ??
      (isOwn("pid") ? new PidNamespace(newId(), owner, kernel.pids.first) : kernel.pids.first),
  });
}

/** Was the network made with the container, or together with the user namespace that it joins? */
function ownsNetwork({ linux }: Spec): boolean {
  const find = (kind: NamespaceType) => linux?.namespaces?.find(({ type }) => type === kind);
  const network = find("network");
  return network !== undefined && (!network.path || !!find("user")?.path);
}
