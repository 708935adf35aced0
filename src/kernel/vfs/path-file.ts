/**
 * PathFile: what O_PATH opens: a place in the tree and nothing else. It serves as a directory
 * descriptor for *at() calls and fstat(2); every other operation answers EBADF (open(2), O_PATH).
 */
import { EBADF } from "../../abi/errno.ts";
import type { Credentials } from "../cred/credentials.ts";
import { File } from "./file.ts";
import type { Path } from "./path.ts";

export class PathFile extends File {
  constructor(path: Path, flags: number, credentials: Credentials) {
    super(path.inode, path, flags, credentials);
  }

  override seek(): number {
    return -EBADF;
  }

  override ioctl(): number {
    return -EBADF;
  }

  override readdir(): number {
    return -EBADF;
  }

  override mapping(): number {
    return -EBADF;
  }

  override truncate(): number {
    return -EBADF;
  }

  override fallocate(): number {
    return -EBADF;
  }

  override fsync(): number {
    return -EBADF;
  }

  override setFlags(): number {
    return -EBADF;
  }
}
