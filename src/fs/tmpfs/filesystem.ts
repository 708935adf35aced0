/**
 * Tmpfs: a filesystem in memory, as tmpfs(5): mount options size, nr_inodes, mode, uid, gid.
 *  - Directories, links and special files are plain objects; file content is behind a PageStore.
 *  - Also the home of memfd_create(2) files and of shared anonymous memory (MemoryFiles).
 */
import { EINVAL } from "../../abi/errno.ts";
import { F_SEAL_EXEC, F_SEAL_SEAL, O_LARGEFILE, O_RDWR } from "../../abi/fcntl.ts";
import { MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL } from "../../abi/mman.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import { S_IFDIR, S_IFREG, TMPFS_MAGIC } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Host } from "../../host/host.ts";
import { NO_ID } from "../../kernel/ns/id-map.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { type FilesystemType, parseOptions } from "../../kernel/vfs/filesystem.ts";
import type { StatFs } from "../../kernel/vfs/kstat.ts";
import type { MemoryFiles, Vfs } from "../../kernel/vfs/vfs.ts";
import { TmpfsDirectory } from "./directory.ts";
import { TmpfsRegular } from "./regular.ts";
import { TmpfsSpace } from "./space.ts";

export interface TmpfsOptions {
  /** Most bytes of content; Infinity for no limit. */
  readonly size: number;
  /** Most inodes; Infinity for no limit. */
  readonly inodes: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export const TMPFS_DEFAULTS: TmpfsOptions = {
  size: Infinity,
  inodes: Infinity,
  mode: 0o1777,
  uid: 0,
  gid: 0,
};

/** What statfs says where there is no limit: programs look for free space before they write. */
const NO_LIMIT_BLOCKS = 2 ** 28;
const NO_LIMIT_INODES = 2 ** 28;

export class Tmpfs extends TmpfsSpace {
  readonly root: TmpfsDirectory;
  readonly #words: string;

  constructor(
    vfs: Vfs,
    host: Host,
    options: TmpfsOptions = TMPFS_DEFAULTS,
    type = "tmpfs",
    words = "",
  ) {
    super(vfs, type, host, options.size, options.inodes);
    this.#words = words;
    const { mode, uid, gid } = options;
    this.root = new TmpfsDirectory(this, { mode: S_IFDIR | mode, uid, gid, rdev: 0, target: "" });
  }

  override statfs(out: StatFs): number {
    out.type = TMPFS_MAGIC;
    out.bsize = out.frsize = 4096;
    out.blocks = Math.min(NO_LIMIT_BLOCKS, Math.floor(this.sizeLimit / 4096));
    out.bfree = Math.max(0, out.blocks - Math.ceil(this.used / 4096));
    out.bavail = out.bfree;
    out.files = Math.min(NO_LIMIT_INODES, this.inodeLimit);
    out.ffree = Math.max(0, out.files - this.inodes);
    return 0;
  }

  override options(): string {
    return this.#words === "" ? "" : `,${this.#words}`;
  }

  override reconfigure(data: string): number {
    const options = readTmpfsOptions(data, {
      ...TMPFS_DEFAULTS,
      size: this.sizeLimit,
      inodes: this.inodeLimit,
    });
    if (typeof options === "number") return options;
    if (options.size < this.used) return refuse(EINVAL, "tmpfs: more is in use");
    this.sizeLimit = options.size;
    this.inodeLimit = options.inodes;
    return 0;
  }
}

/** mount -t tmpfs. Without a size it gets half of `memory`, as Linux gives it. */
export class TmpfsType implements FilesystemType {
  readonly name: string;
  readonly nodev = true;
  readonly inUserNamespaces = true;
  readonly #vfs: Vfs;
  readonly #host: Host;
  readonly #size: number;

  constructor(vfs: Vfs, host: Host, memory = Infinity, name = "tmpfs") {
    this.#vfs = vfs;
    this.#host = host;
    this.#size = memory === Infinity ? Infinity : Math.floor(memory / 2);
    this.name = name;
  }

  mount(task: Task, _source: string, flags: number, data: string): Tmpfs | number {
    const { fsuid: uid, fsgid: gid } = task.credentials;
    const options = readTmpfsOptions(data, { ...TMPFS_DEFAULTS, size: this.#size, uid, gid });
    if (typeof options === "number") return options;
    const owner = ownerOf(task, parseOptions(data), options);
    if (owner === null) return refuse(EINVAL, "tmpfs: an id that the user namespace does not have");
    const tmpfs = new Tmpfs(this.#vfs, this.#host, { ...options, ...owner }, this.name, data);
    tmpfs.readOnly = (flags & MS_RDONLY) !== 0;
    return tmpfs;
  }
}

/** Options name ids of the user namespace; what is not named is the mounter's, by the kernel's ids. */
function ownerOf(
  task: Task,
  given: ReadonlyMap<string, string>,
  { uid, gid }: TmpfsOptions,
): { uid: number; gid: number } | null {
  const { userNamespace } = task.credentials;
  const owner = {
    uid: given.has("uid") ? userNamespace.kernelUid(uid) : uid,
    gid: given.has("gid") ? userNamespace.kernelGid(gid) : gid,
  };
  return owner.uid === NO_ID || owner.gid === NO_ID ? null : owner;
}

export function readTmpfsOptions(data: string, defaults: TmpfsOptions): TmpfsOptions | number {
  let { size, inodes, mode, uid, gid } = defaults;
  for (const [key, value] of parseOptions(data)) {
    const amount = readAmount(value);
    if (key === "size" && value.endsWith("%")) continue;
    if (key === "size") size = amount === 0 ? Infinity : amount;
    else if (key === "nr_blocks") size = amount === 0 ? Infinity : amount * 4096;
    else if (key === "nr_inodes") inodes = amount === 0 ? Infinity : amount;
    else if (key === "mode") mode = Number.parseInt(value, 8) & 0o7777;
    else if (key === "uid") uid = amount;
    else if (key === "gid") gid = amount;
    else if (!IGNORED.has(key)) return refuse(EINVAL, "tmpfs: unknown mount option");
  }
  if ([size, inodes, mode, uid, gid].some(Number.isNaN)) return refuse(EINVAL, "tmpfs: bad number");
  return { size, inodes, mode, uid, gid };
}

/** Options without a meaning here. */
const IGNORED: ReadonlySet<string> = new Set([
  "huge",
  "mpol",
  "inode32",
  "inode64",
  "noswap",
  "rw",
  "ro",
  "relatime",
  "seclabel",
]);

function readAmount(text: string): number {
  const match = /^(\d+)([kmgt]?)$/i.exec(text);
  if (match === null) return Number.NaN;
  return Number(match[1]) * 1024 ** " kmgt".indexOf(match[2]!.toLowerCase() || " ");
}

/** The kernel's own tmpfs, mounted nowhere. */
export class TmpfsMemoryFiles implements MemoryFiles {
  readonly #tmpfs: Tmpfs;

  constructor(vfs: Vfs, host: Host) {
    this.#tmpfs = new Tmpfs(vfs, host);
  }

  memfd(task: Task, name: string, flags: number): File | number {
    const noexec = (flags & MFD_NOEXEC_SEAL) !== 0;
    const inode = this.#make(task, noexec ? 0o666 : 0o777);
    inode.seals = noexec ? F_SEAL_EXEC : (flags & MFD_ALLOW_SEALING) !== 0 ? 0 : F_SEAL_SEAL;
    return this.#open(task, inode, `/memfd:${name}`);
  }

  sharedMemory(task: Task, name: string, size: number): File | number {
    const inode = this.#make(task, 0o777);
    const rc = inode.resize(size);
    if (rc < 0) {
      inode.drop();
      return rc;
    }
    return this.#open(task, inode, name);
  }

  #make(task: Task, mode: number): TmpfsRegular {
    const { fsuid: uid, fsgid: gid } = task.credentials;
    const inode = new TmpfsRegular(this.#tmpfs, {
      mode: S_IFREG | mode,
      uid,
      gid,
      rdev: 0,
      target: "",
    });
    inode.nlink = 0;
    return inode;
  }

  #open(task: Task, inode: TmpfsRegular, name: string): File {
    const path = this.#tmpfs.vfs.anonymous.path(inode, `${name} (deleted)`);
    const file = inode.open(task, inode, path, O_RDWR | O_LARGEFILE);
    inode.drop();
    return file;
  }
}
