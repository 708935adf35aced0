/**
 * Devpts: one instance of the filesystem of pseudoterminals: mount options uid, gid, mode, ptmxmode,
 * max, newinstance (which every instance is).
 *  - newPty() makes a pair with the lowest free number; ptyClosed() takes its name away.
 *  - The name of a slave is its number; the inode of a slave is 3 + number, as on Linux.
 */
import { EINVAL, ENOSPC } from "../../abi/errno.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import { DEVPTS_SUPER_MAGIC } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import { NO_ID } from "../../kernel/ns/id-map.ts";
import type { Task } from "../../kernel/task/task.ts";
import { openSlave } from "../../kernel/tty/controlling.ts";
import { Pty, type PtyHome } from "../../kernel/tty/pty.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { Filesystem, type FilesystemType, parseOptions } from "../../kernel/vfs/filesystem.ts";
import type { StatFs } from "../../kernel/vfs/kstat.ts";
import { Path } from "../../kernel/vfs/path.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { DevptsDirectory } from "./directory.ts";
import { type Names, PtmxInode, SlaveInode } from "./inode.ts";

/** NR_UNIX98_PTY_DEFAULT: what /proc/sys/kernel/pty/max says. */
export const PTY_MAX = 4096;

export interface DevptsOptions {
  /** Owner of new slaves; null: whoever opens ptmx. */
  readonly uid: number | null;
  readonly gid: number | null;
  readonly mode: number;
  readonly ptmxMode: number;
  readonly max: number;
}

export const DEVPTS_DEFAULTS: DevptsOptions = {
  uid: null,
  gid: null,
  mode: 0o600,
  ptmxMode: 0,
  max: PTY_MAX,
};

/** For one user's commands: nobody else may write on a terminal, everybody may make one. */
export const DEVPTS_PRIVATE: DevptsOptions = { ...DEVPTS_DEFAULTS, ptmxMode: 0o666 };

/** What a container runtime mounts: slaves for the tty group, and a ptmx for all. */
export const DEVPTS_CONTAINER: DevptsOptions = {
  uid: null,
  gid: 5,
  mode: 0o620,
  ptmxMode: 0o666,
  max: PTY_MAX,
};

export class Devpts extends Filesystem implements PtyHome, Names {
  readonly root: DevptsDirectory;
  readonly ptmx: PtmxInode;
  override readonly revalidates = true;
  settings: DevptsOptions;
  readonly #slaves = new Map<number, SlaveInode>();

  constructor(vfs: Vfs, options: DevptsOptions = DEVPTS_DEFAULTS) {
    super(vfs, "devpts");
    this.settings = options;
    this.root = new DevptsDirectory(this);
    this.ptmx = new PtmxInode(this, options.ptmxMode);
  }

  /** A pair that nobody has open yet, or -errno. The caller owns its master. */
  newPty(credentials: Credentials): Pty | number {
    if (this.#slaves.size >= this.settings.max)
      return refuse(ENOSPC, "ptmx: as many pseudoterminals as there may be");
    let index = 0;
    while (this.#slaves.has(index)) index++;
    const pty = new Pty(index, this);
    const uid = this.settings.uid ?? credentials.fsuid;
    const gid = this.settings.gid ?? credentials.fsgid;
    this.#slaves.set(index, new SlaveInode(this, pty, this.settings.mode, uid, gid));
    return pty;
  }

  /** The directory and ptmx are the root's of the user namespace that it is mounted in, if there is one. */
  belongTo(uid: number, gid: number): void {
    for (const inode of [this.root, this.ptmx]) {
      if (uid !== NO_ID) inode.uid = uid;
      if (gid !== NO_ID) inode.gid = gid;
    }
  }

  /** The inode of a slave that exists now. */
  slave(index: number): SlaveInode | undefined {
    return this.#slaves.get(index);
  }

  /** Slaves in the order of their numbers. */
  slaves(): SlaveInode[] {
    return [...this.#slaves.values()].sort((a, b) => a.ino - b.ino);
  }

  // --- PtyHome --------------------------------------------------------------------------------

  ptyClosed(pty: Pty): void {
    const inode = this.#slaves.get(pty.index);
    this.#slaves.delete(pty.index);
    const dentry = this.rootDentry?.children?.get(String(pty.index));
    if (dentry !== undefined) this.vfs.dentries.invalidate(dentry);
    inode?.drop();
  }

  openPeer(task: Task, pty: Pty, flags: number): File | number {
    const path = this.#slavePath(task, pty);
    if (path === null) return openSlave(task, pty, this.slave(pty.index)!, null, flags);
    return openSlave(task, pty, path.inode, path, flags);
  }

  /** Where the caller sees this instance, if its mounts show it at all. */
  #slavePath(task: Task, pty: Pty): Path | null {
    if (this.rootDentry === null) return null;
    const dentry = this.vfs.lookup(task, this.rootDentry, String(pty.index));
    if (typeof dentry === "number") return null;
    for (const mount of task.namespaces.mounts.mounts())
      if (mount.filesystem === this) return new Path(mount, dentry);
    return null;
  }

  /** Terminals are the kernel's own devices, whoever mounted them. */
  override get hidesDevices(): boolean {
    return false;
  }

  // --- Filesystem -----------------------------------------------------------------------------

  override statfs(out: StatFs): number {
    out.type = DEVPTS_SUPER_MAGIC;
    out.bsize = out.frsize = 4096;
    out.blocks = out.bfree = out.bavail = out.files = out.ffree = 0;
    return 0;
  }

  override options(): string {
    const { uid, gid, mode, ptmxMode, max } = this.settings;
    let words = "";
    if (uid !== null) words += `,uid=${uid}`;
    if (gid !== null) words += `,gid=${gid}`;
    words += `,mode=${octal(mode)},ptmxmode=${octal(ptmxMode)}`;
    return max < PTY_MAX ? `${words},max=${max}` : words;
  }

  override reconfigure(data: string): number {
    const options = readDevptsOptions(data);
    if (typeof options === "number") return options;
    this.settings = options;
    this.ptmx.mode = (this.ptmx.mode & ~0o7777) | options.ptmxMode;
    return 0;
  }
}

/** mount -t devpts. */
export class DevptsType implements FilesystemType {
  readonly name = "devpts";
  readonly nodev = true;
  readonly inUserNamespaces = true;
  readonly #vfs: Vfs;

  constructor(vfs: Vfs) {
    this.#vfs = vfs;
  }

  mount(task: Task, _source: string, flags: number, data: string): Devpts | number {
    const options = readDevptsOptions(data);
    if (typeof options === "number") return options;
    const { userNamespace } = task.credentials;
    const uid = options.uid === null ? null : userNamespace.kernelUid(options.uid);
    const gid = options.gid === null ? null : userNamespace.kernelGid(options.gid);
    if (uid === NO_ID || gid === NO_ID)
      return refuse(EINVAL, "devpts: an id that the user namespace does not have");
    const devpts = new Devpts(this.#vfs, { ...options, uid, gid });
    devpts.belongTo(userNamespace.kernelUid(0), userNamespace.kernelGid(0));
    devpts.readOnly = (flags & MS_RDONLY) !== 0;
    return devpts;
  }
}

function readDevptsOptions(data: string): DevptsOptions | number {
  let { uid, gid, mode, ptmxMode, max } = DEVPTS_DEFAULTS;
  for (const [key, value] of parseOptions(data)) {
    if (key === "uid") uid = readNumber(value, 10);
    else if (key === "gid") gid = readNumber(value, 10);
    else if (key === "mode") mode = readNumber(value, 8) & 0o777;
    else if (key === "ptmxmode") ptmxMode = readNumber(value, 8) & 0o777;
    else if (key === "max") max = readNumber(value, 10);
    else if (key !== "newinstance") return refuse(EINVAL, "devpts: unknown mount option");
  }
  if ([uid ?? 0, gid ?? 0, mode, ptmxMode, max].some(Number.isNaN) || max > 1048576)
    return refuse(EINVAL, "devpts: bad number");
  return { uid, gid, mode, ptmxMode, max };
}

function readNumber(text: string, base: number): number {
  return (base === 8 ? /^[0-7]+$/ : /^\d+$/).test(text) ? Number.parseInt(text, base) : Number.NaN;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}
