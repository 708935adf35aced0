/**
 * Vfs: the part of the kernel that knows all mounted filesystems: one object per Kernel.
 *  - resolve(): a path name to a Path. find(): the same, result left in `walker`, nothing allocated.
 *  - openPath(): the whole of open(2). openExec(): a program file for execve(2).
 *  - Plug points, filled by the assembler: `filesystemTypes`, `devices`, `fifos`, `memoryFiles`.
 * Boot: `vfs.mountRoot(filesystem, flags)` gives the first Path; `vfs.mountAt` adds the others.
 */
import {
  EACCES,
  EINVAL,
  ELOOP,
  ENOENT,
  ENOSYS,
  ENOTDIR,
  ESTALE,
  ETXTBSY,
} from "../../abi/errno.ts";
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, FMODE_EXEC, O_RDONLY } from "../../abi/fcntl.ts";
import { IN_CREATE } from "../../abi/inotify.ts";
import { MS_RELATIME } from "../../abi/mount.ts";
import { NSFS_MAGIC, S_IFDIR, S_IXUGO } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { FIRST_MNT } from "../ns/namespace.ts";
import { FIRST_USER_NAMESPACE } from "../ns/user-namespace.ts";
import type { Task } from "../task/task.ts";
import type { Clock } from "../time/clock.ts";
import { AnonymousFilesystem } from "./anonymous.ts";
import { type Dentry, DentryCache } from "./dentry.ts";
import { DeviceRegistry } from "./device-registry.ts";
import type { File } from "./file.ts";
import { type Filesystem, FilesystemTypes } from "./filesystem.ts";
import type { Inode } from "./inode.ts";
import { notifyEntry } from "./inotify.ts";
import { Kstat, StatFs } from "./kstat.ts";
import { LockGraph } from "./locks.ts";
import { Mount, plug } from "./mount.ts";
import { MountNamespace } from "./mount-namespace.ts";
import { LOOKUP_EMPTY, LOOKUP_FOLLOW, LOOKUP_PARENT, Walker } from "./namei.ts";
import { openAt } from "./open.ts";
import { Path } from "./path.ts";
import { pathname } from "./pathname.ts";

/** Opens FIFOs (the pipe code); may park until the other end comes. */
export interface FifoOpener {
  open(task: Task, inode: Inode, path: Path, flags: number): File | number;
}

/** Makes files that live in memory without a name; filled by tmpfs. */
export interface MemoryFiles {
  /** memfd_create(2): flags are MFD_*. */
  memfd(task: Task, name: string, flags: number): File | number;
  /** What a shared anonymous mapping maps: a file of `size` zero bytes. */
  sharedMemory(task: Task, name: string, size: number): File | number;
}

const ROOT: Readonly<{ uid: number; gid: number }> = { uid: 0, gid: 0 };
/** Device numbers from major 0, as Linux gives them to filesystems without a device. */
const FIRST_DEVICE_MINOR = 20;

export class Vfs {
  readonly clock: Clock;
  readonly dentries: DentryCache;
  readonly filesystemTypes = new FilesystemTypes();
  readonly devices = new DeviceRegistry();
  readonly anonymous: AnonymousFilesystem;
  /** Where the files of namespaces live. */
  readonly nsfs: AnonymousFilesystem;
  readonly walker: Walker;
  readonly lockGraph = new LockGraph();
  fifos: FifoOpener | null = null;
  memoryFiles: MemoryFiles | null = null;
  /** Counts handler runs: what was learned of the host in this one is of now. */
  calls = 0;
  /** Monotonic time at the start of the last path walk: one reading of the clock for all its components. */
  walkNs = 0;
  /** Mounts, attached or not. */
  mountCount = 0;
  /** Every mount of every namespace. */
  readonly attached = new Set<Mount>();
  /** Mounted filesystems, for sync(2). */
  readonly filesystems = new Set<Filesystem>();
  /** How many inotify marks there are: 0 lets events cost nothing. */
  markCount = 0;
  /** Lent to handlers for one getattr. */
  readonly stat = new Kstat();
  readonly statfs = new StatFs();
  /** Lent to handlers for one struct on its way to the guest. */
  readonly bytes = new Uint8Array(256);
  readonly view = new DataView(this.bytes.buffer);
  /** Lent to getdents for the records of one call. */
  readonly records = new Uint8Array(65536);
  readonly recordsView = new DataView(this.records.buffer);
  /** The last time read by nowSec(): seconds, nanoseconds. */
  readonly now = new Float64Array(2);
  #lastMountId = 20;
  #lastPeerGroup = 0;
  #lastDevice = FIRST_DEVICE_MINOR;
  #lastNamespace = FIRST_MNT;
  #lastCookie = 0;

  constructor(clock: Clock, dentryBound = 65536) {
    this.clock = clock;
    this.dentries = new DentryCache(dentryBound);
    this.anonymous = new AnonymousFilesystem(this, "anon_inodefs");
    this.nsfs = new AnonymousFilesystem(this, "nsfs", NSFS_MAGIC);
    this.walker = new Walker(this);
  }

  // --- names ----------------------------------------------------------------------------------

  /** Walk to `pathname`; the place is in `walker`. 0 or -errno. flags: LOOKUP_*, resolve: RESOLVE_*. */
  find(task: Task, dirfd: number, name: string, flags: number, resolve = 0): number {
    const walker = this.walker;
    const rc = walker.start(task, dirfd, name, flags, resolve);
    return rc < 0 ? rc : walker.walk(name, flags);
  }

  /** Walk to `pathname` as a Path (not referenced). */
  resolve(
    task: Task,
    dirfd: number,
    name: string,
    flags = LOOKUP_FOLLOW,
    resolve = 0,
  ): Path | number {
    const rc = this.find(task, dirfd, name, flags, resolve);
    return rc < 0 ? rc : this.walker.path();
  }

  /** Walk to the directory of `pathname`; `walker.last` is the name in it. */
  findParent(task: Task, dirfd: number, name: string): number {
    return this.find(task, dirfd, name, LOOKUP_PARENT);
  }

  /** The cached or fresh answer for `name` in a directory; negative dentries are answers. */
  lookup(task: Task | null, directory: Dentry, name: string): Dentry | number {
    const inode = directory.inode!;
    const cached = directory.children?.get(name);
    if (cached !== undefined) {
      // What has a mount on it stays, whatever becomes of the name below.
      const isOurs = !inode.filesystem.revalidates || cached.mounts > 0;
      if (isOurs || inode.revalidate(name, cached.inode, cached)) {
        cached.touched = true;
        return cached;
      }
      this.dentries.invalidate(cached);
    }
    const found = inode.lookup(task, name);
    if (typeof found === "number" && found !== -ENOENT) return found;
    const dentry = this.dentries.add(directory, name, typeof found === "number" ? null : found);
    // Looking a name up is the last that lookup() does: what it noticed before is in the answer.
    dentry.version = inode.namesVersion;
    return dentry;
  }

  /** `child` of `parent`, negative until now, is this new file; takes over the caller's hold. */
  created(parent: Dentry, child: Dentry, inode: Inode): void {
    this.dentries.instantiate(child, inode);
    if (this.markCount > 0) notifyEntry(parent.inode!, child.name, IN_CREATE, inode.isDirectory);
  }

  /** The name of `path` as seen from `root`. */
  pathname(path: Path, root: Path): string {
    return pathname(path, root);
  }

  // --- opening --------------------------------------------------------------------------------

  /** The whole of open(2): a File, -errno, or PARKED (a FIFO without its other end). */
  openPath(
    task: Task,
    dirfd: number,
    name: string,
    flags: number,
    mode = 0,
    resolve = 0,
  ): File | number {
    return openAt(this, task, dirfd, name, flags, mode, resolve);
  }

  /** The file of execve(2): regular, executable for the task, not on a noexec mount, not open for
   * writing. While the File lives, nobody may open it for writing. */
  openExec(task: Task, dirfd: number, name: string, atFlags = 0): File | number {
    if ((atFlags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) !== 0) return -EINVAL;
    let lookup = (atFlags & AT_SYMLINK_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
    if ((atFlags & AT_EMPTY_PATH) !== 0) lookup |= LOOKUP_EMPTY;
    let file: File | number = -ESTALE;
    for (let tries = 0; tries < 2 && file === -ESTALE; tries++) {
      const path = this.resolve(task, dirfd, name, lookup);
      file = typeof path === "number" ? path : this.openExecPath(task, path);
    }
    return file;
  }

  /** As openExec(), of a path found already. */
  openExecPath(task: Task, path: Path): File | number {
    const inode = path.inode;
    if (inode.isLink) return refuse(ELOOP, "exec: a symbolic link that must not be followed");
    if (!inode.isRegular) return refuse(EACCES, "exec: not a regular file");
    if (path.mount.noexec) return refuse(EACCES, "exec: the mount is noexec");
    if ((inode.mode & S_IXUGO) === 0) return refuse(EACCES, "exec: not executable");
    const rc = inode.permission(task.credentials, 1, path.mount.ids);
    if (rc < 0) return rc;
    if (inode.writers > 0) return refuse(ETXTBSY, "exec: open for writing");
    const file = inode.open(task, inode, path, O_RDONLY | FMODE_EXEC);
    if (typeof file !== "number") file.denyWrite();
    return file;
  }

  // --- mounts ---------------------------------------------------------------------------------

  /** The first mount of a new namespace, and its root as a Path (not referenced). */
  mountRoot(
    filesystem: Filesystem,
    flags = MS_RELATIME,
    source = filesystem.type,
    owner = FIRST_USER_NAMESPACE,
  ): Path {
    const mount = this.newMount(filesystem, flags, source);
    new MountNamespace(this.newNamespaceId(), owner, mount);
    return new Path(mount, mount.root);
  }

  /** For boot code: mount a filesystem at a path, on top of what is mounted there already. */
  mountAt(filesystem: Filesystem, at: Path, flags = 0, source = filesystem.type): Mount {
    const mount = this.newMount(filesystem, flags | MS_RELATIME, source);
    plug(mount, at.mount, at.dentry);
    return mount;
  }

  /** CLONE_NEWNS: a copy of the mounts; the task's root and working directory move into it. */
  unshareMounts(task: Task, namespace: MountNamespace): MountNamespace {
    const copies = new Map<Mount, Mount>();
    const copy = namespace.copy(this, task.credentials.userNamespace, copies);
    const { root, cwd } = task.fs;
    const rootMount = copies.get(root.mount);
    const cwdMount = copies.get(cwd.mount);
    if (rootMount !== undefined) task.fs.setRoot(new Path(rootMount, root.dentry));
    if (cwdMount !== undefined) task.fs.setCwd(new Path(cwdMount, cwd.dentry));
    return copy;
  }

  newMount(filesystem: Filesystem, flags: number, source: string): Mount {
    filesystem.rootDentry ??= DentryCache.detached(filesystem.root.hold(), "/");
    this.filesystems.add(filesystem);
    return new Mount(this.newMountId(), filesystem, filesystem.rootDentry, flags, source);
  }

  releaseFilesystem(filesystem: Filesystem): void {
    if (filesystem.rootDentry !== null) this.dentries.dropChildren(filesystem.rootDentry);
    filesystem.rootDentry = null;
    this.filesystems.delete(filesystem);
    filesystem.release();
  }

  /**
   * For boot code, before there is a task: the directory `name` below `root`, made where it is missing,
   * as `owner`'s. Links are not followed and permissions not asked.
   */
  makeDirectory(root: Path, name: string, mode = 0o755, owner = ROOT): Path | number {
    let { mount, dentry } = root;
    for (const component of name.split("/")) {
      if (component === "") continue;
      const child = this.lookup(null, dentry, component);
      if (typeof child === "number") return child;
      if (child.inode === null) {
        const init = { mode: S_IFDIR | mode, ...owner, rdev: 0, target: "" };
        const made = dentry.inode!.create(null, component, init);
        if (typeof made === "number") return made;
        this.created(dentry, child, made);
      }
      if (!child.inode!.isDirectory) return -ENOTDIR;
      dentry = child;
      for (
        let over = mount.children.get(dentry);
        over !== undefined;
        over = mount.children.get(dentry)
      ) {
        mount = over;
        dentry = over.root;
      }
    }
    return new Path(mount, dentry);
  }

  // --- numbers --------------------------------------------------------------------------------

  newDevice(): number {
    return ++this.#lastDevice;
  }

  newMountId(): number {
    return ++this.#lastMountId;
  }

  newPeerGroup(): number {
    return ++this.#lastPeerGroup;
  }

  newNamespaceId(): number {
    return this.#lastNamespace++;
  }

  /** Ties the two halves of a rename event together. */
  newCookie(): number {
    return ++this.#lastCookie;
  }

  /** Read the wall clock: seconds are returned, nanoseconds are in now[1]. */
  nowSec(): number {
    this.clock.realtime(this.now);
    return this.now[0]!;
  }

  openFifo(task: Task, inode: Inode, path: Path, flags: number): File | number {
    if (this.fifos === null) return refuse(ENOSYS, "open: no FIFO support");
    return this.fifos.open(task, inode, path, flags);
  }
}
