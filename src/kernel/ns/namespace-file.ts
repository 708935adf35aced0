/**
 * Files of namespaces (nsfs): what the links of /proc/PID/ns lead to. Opened, they are for setns(2) and the ioctls of
 * ioctl_nsfs(2), and keep the namespace; mounted over a name, they keep it without a process.
 */
import { EINVAL, ENOTTY, EPERM } from "../../abi/errno.ts";
import { O_RDONLY } from "../../abi/fcntl.ts";
import {
  NS_GET_MNTNS_ID,
  NS_GET_NSTYPE,
  NS_GET_OWNER_UID,
  NS_GET_PARENT,
  NS_GET_USERNS,
} from "../../abi/ioctl.ts";
import { S_IFREG } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../fd/install.ts";
import type { Task } from "../task/task.ts";
import { AnonymousInode } from "../vfs/anonymous.ts";
import { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import { MountNamespace } from "../vfs/mount-namespace.ts";
import type { Path } from "../vfs/path.ts";
import type { Vfs } from "../vfs/vfs.ts";
import type { Namespace } from "./namespace.ts";
import { PidNamespace } from "./pid-namespace.ts";
import { UserNamespace } from "./user-namespace.ts";

/** "uts:[4026531838]" */
export function namespaceName({ kind, id }: Namespace): string {
  return `${kind}:[${id}]`;
}

/** The place of its file (not referenced). */
export function namespacePath(vfs: Vfs, namespace: Namespace): Path {
  const inode = new NamespaceInode(vfs, namespace);
  const path = vfs.nsfs.path(inode, namespaceName(namespace));
  inode.drop();
  return path;
}

export class NamespaceInode extends AnonymousInode {
  readonly namespace: Namespace;

  constructor(vfs: Vfs, namespace: Namespace) {
    super(vfs.nsfs, namespace.id, S_IFREG | 0o444, 0, 0);
    this.namespace = namespace;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File {
    return new NamespaceFile(face, path, flags, task.credentials, this.namespace);
  }
}

export class NamespaceFile extends File {
  readonly namespace: Namespace;

  constructor(
    inode: Inode,
    path: Path | null,
    flags: number,
    credentials: File["credentials"],
    namespace: Namespace,
  ) {
    super(inode, path, flags, credentials);
    this.namespace = namespace;
    namespace.ref();
  }

  override release(): void {
    this.namespace.unref();
  }

  override read(): number {
    return -EINVAL;
  }

  override ioctl(task: Task, request: number, argument: number): number {
    const { namespace } = this;
    switch (request) {
      case NS_GET_USERNS:
        return related(task, namespace.owner);
      case NS_GET_PARENT:
        if (!(namespace instanceof PidNamespace || namespace instanceof UserNamespace))
          return refuse(EINVAL, "NS_GET_PARENT: not a kind that nests");
        return related(task, namespace.parent);
      case NS_GET_NSTYPE:
        return namespace.flag;
      case NS_GET_OWNER_UID:
        if (!(namespace instanceof UserNamespace))
          return refuse(EINVAL, "NS_GET_OWNER_UID: not a user namespace");
        return task.mm.writeU32(
          argument,
          task.credentials.userNamespace.shownUid(namespace.ownerUid),
        );
      case NS_GET_MNTNS_ID:
        if (!(namespace instanceof MountNamespace))
          return refuse(EINVAL, "NS_GET_MNTNS_ID: not a mount namespace");
        return task.mm.writeU64(argument, namespace.id);
      default:
        return -ENOTTY;
    }
  }
}

/** A descriptor of a namespace above, if the task is not below it itself. */
function related(task: Task, namespace: Namespace | null): number {
  const isVisible =
    namespace instanceof PidNamespace
      ? namespace.isWithin(task.group.pidNamespace)
      : namespace instanceof UserNamespace && namespace.isWithin(task.credentials.userNamespace);
  if (namespace === null || !isVisible)
    return refuse(EPERM, "ioctl: a namespace outside the caller's");
  return openNamespace(task, namespace);
}

/** A descriptor of its file. */
export function openNamespace(task: Task, namespace: Namespace): number {
  const path = namespacePath(task.kernel.vfs, namespace);
  const { inode } = path;
  const file = inode.open(task, inode, path, O_RDONLY);
  return typeof file === "number" ? file : installFile(task, file, true);
}
