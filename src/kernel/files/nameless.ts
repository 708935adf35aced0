/**
 * nameless: identities of files that no directory holds: pipes, sockets, eventfds (pipefs, sockfs and
 * anon_inodefs of Linux). /proc/self/fd shows them as "pipe:[7]" or "anon_inode:[eventfd]".
 */

import type { Task } from "../task/task.ts";
import type { AnonymousInode } from "../vfs/anonymous.ts";
import type { Path } from "../vfs/path.ts";
import type { Vfs } from "../vfs/vfs.ts";

const ANON_MODE = 0o600;

export interface Nameless {
  readonly inode: AnonymousInode;
  readonly path: Path;
}

/** Mode includes the type; the name shows the inode's number: "pipe:[7]". */
export function numbered(task: Task, kind: string, mode: number): Nameless {
  const { vfs } = task.kernel;
  const { fsuid, fsgid } = task.credentials;
  const inode = vfs.anonymous.inode(mode, fsuid, fsgid);
  return { inode, path: vfs.anonymous.path(inode, `${kind}:[${inode.ino}]`) };
}

/** A file that is only an object of the kernel: "anon_inode:[eventfd]". */
export function anonymous(vfs: Vfs, name: string): Nameless {
  const inode = vfs.anonymous.inode(ANON_MODE);
  return { inode, path: vfs.anonymous.path(inode, `anon_inode:${name}`) };
}
