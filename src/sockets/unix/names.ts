/**
 * names: addresses of unix sockets (unix(7), "Address format").
 *  - A file name: the socket hangs on the inode that bind made, `inode.endpoint`.
 *  - An abstract name: any bytes after a NUL, in the table of the network namespace.
 *  - No name at all, or one made by the kernel (autobind): NUL and five hexadecimal digits.
 */
import { EADDRINUSE, ECONNREFUSED, EEXIST, EINVAL, ENOSPC } from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { AF_UNIX, sockaddr_un } from "../../abi/socket.ts";
import { S_IFMT, S_IFSOCK } from "../../abi/stat.ts";
import { KernelBug } from "../../base/failure.ts";
import { refuse } from "../../base/refuse.ts";
import type { Endpoint } from "../../kernel/socket/endpoint.ts";
import { networkOf } from "../../kernel/socket/network.ts";
import type { Task } from "../../kernel/task/task.ts";
import { makeName } from "../../kernel/vfs/directory.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { MAY_WRITE } from "../../kernel/vfs/permission.ts";

const PATH_AT = sockaddr_un.at.sun_path;
const SOCKET_MODE = S_IFSOCK | 0o777;
const AUTOBIND_NAMES = 0x100000;

/** What unix sockets of one network namespace share. */
export class UnixNames {
  readonly #abstract = new Map<string, Endpoint>();
  #lastAutobind = 0;

  abstract(key: string): Endpoint | undefined {
    return this.#abstract.get(key);
  }

  setAbstract(key: string, endpoint: Endpoint): void {
    this.#abstract.set(key, endpoint);
  }

  removeAbstract(key: string): void {
    this.#abstract.delete(key);
  }

  /** A free name of the kernel's own, as sockaddr bytes; null when all are taken. */
  autobind(): Uint8Array | null {
    for (let tries = 0; tries < AUTOBIND_NAMES; tries++) {
      this.#lastAutobind = (this.#lastAutobind + 1) % AUTOBIND_NAMES;
      const name = addressOf(`\0${this.#lastAutobind.toString(16).padStart(5, "0")}`);
      if (!this.#abstract.has(keyOf(name))) return name;
    }
    return null;
  }
}

/** 0 or -EINVAL for an address that bind, connect or sendto is given. */
export function checkAddress(address: Uint8Array): number {
  const isUnix = address.length >= 2 && (address[0]! | (address[1]! << 8)) === AF_UNIX;
  if (address.length <= PATH_AT || address.length > sockaddr_un.size || !isUnix)
    return refuse(EINVAL, "not an address of a unix socket");
  return 0;
}

export function isAbstract(address: Uint8Array): boolean {
  return address[PATH_AT] === 0;
}

/** Abstract names are compared with every byte; this is one as a key. */
export function keyOf(address: Uint8Array): string {
  return latin1(address.subarray(PATH_AT));
}

/** The file name in an address: up to its NUL. */
export function pathOf(address: Uint8Array): string {
  const end = address.indexOf(0, PATH_AT);
  return latin1(address.subarray(PATH_AT, end < 0 ? address.length : end));
}

/** A sockaddr_un, as long as it needs to be. */
export function addressOf(name: string): Uint8Array {
  const bytes = new Uint8Array(PATH_AT + name.length);
  bytes[0] = AF_UNIX;
  for (let i = 0; i < name.length; i++) bytes[PATH_AT + i] = name.charCodeAt(i);
  return bytes;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Could a socket be bound to this file name? 0 or -errno. */
export function mayBindPath(task: Task, path: string): number {
  const { vfs } = task.kernel;
  const rc = vfs.findParent(task, AT_FDCWD, path);
  if (rc < 0) return rc;
  const child = vfs.walker.lookupLast();
  if (typeof child === "number") return child;
  return child.inode === null ? 0 : refuse(EADDRINUSE, "bind: the file name exists");
}

/** Make the file of a name and hang the endpoint on it: the held inode, or -errno. */
export function bindPath(task: Task, endpoint: Endpoint, path: string): Inode | number {
  const { vfs } = task.kernel;
  let rc = vfs.findParent(task, AT_FDCWD, path);
  if (rc === 0) rc = makeName(vfs, task, SOCKET_MODE);
  if (rc === -EEXIST) return refuse(EADDRINUSE, "bind: the file name exists");
  if (rc < 0) return rc;
  const child = vfs.walker.lookupLast();
  if (typeof child === "number" || child.inode === null)
    throw new KernelBug("a socket file is gone right after it was made");
  child.inode.endpoint = endpoint;
  return child.inode.hold();
}

/**
 * The socket that an address names, which the task may write to; or -errno. With a `type`, a socket of the
 * host's is one that is connected to it already.
 */
export function findSocket(task: Task, address: Uint8Array, type = 0): Endpoint | number {
  if (isAbstract(address)) {
    const found = networkOf(task).part(UnixNames).abstract(keyOf(address));
    return found ?? refuse(ECONNREFUSED, "no socket has this abstract name");
  }
  const path = task.kernel.vfs.resolve(task, AT_FDCWD, pathOf(address));
  if (typeof path === "number") return path;
  const { inode } = path;
  const rc = inode.permission(task.credentials, MAY_WRITE, path.mount.ids);
  if (rc < 0) return rc;
  const isSocket = (inode.mode & S_IFMT) === S_IFSOCK;
  if (!isSocket) return refuse(ECONNREFUSED, "connect: the file is no socket");
  if (inode.endpoint !== null) return inode.endpoint as Endpoint;
  if (type === 0) return refuse(ECONNREFUSED, "nobody listens at this file");
  return inode.connectOutside(type) as Endpoint | number;
}

export const NO_NAME_LEFT = -ENOSPC;
