/**
 * NamespaceFile: what /proc/PID/ns/NAME opens: a set of namespaces and which of them is meant, for
 * setns(2).
 */
import { EINVAL } from "../../abi/errno.ts";
import type { Credentials } from "../cred/credentials.ts";
import { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import type { Namespaces } from "./namespaces.ts";

export class NamespaceFile extends File {
  readonly namespaces: Namespaces;
  /** CLONE_NEW*. */
  readonly type: number;

  constructor(
    inode: Inode,
    path: Path | null,
    flags: number,
    credentials: Credentials,
    namespaces: Namespaces,
    type: number,
  ) {
    super(inode, path, flags, credentials);
    this.namespaces = namespaces;
    this.type = type;
  }

  override read(): number {
    return -EINVAL;
  }
}
