/**
 * FileMedia: where the files of a container are: the host's own, or the host's below a layer that holds what
 * is written; and how far the host is believed not to change them meanwhile (FilePolicy).
 *  - The layer is in memory, or in files without a name in a directory of the host: nothing of it is ever
 *    left behind, whatever ends the sandbox.
 *  - A layer is for directories. A single file of the host that is kept apart is mounted read-only.
 */

import { MS_NOSUID, MS_RELATIME } from "../../abi/mount.ts";
import type { FileAccess, FilePolicy } from "../../control/messages.ts";
import { HOST_ROOT, HostFilesystem, type HostOptions } from "../../fs/host/filesystem.ts";
import { makeOverlayRoot } from "../../fs/overlay/root.ts";
import { TMPFS_DEFAULTS } from "../../fs/tmpfs/filesystem.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Filesystem } from "../../kernel/vfs/filesystem.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { SocketReach } from "../host-sockets.ts";
import type { Sandbox } from "../sandbox.ts";
import { lockFlags } from "./locked-flags.ts";
import { runtimeFailure } from "./places.ts";

/** How long names and attributes are believed. */
const ROOT_NS: Readonly<Record<FileAccess, number>> = {
  // Engines copy files into what runs, and a second is not long.
  default: 1e9,
  exclusive: Infinity,
  shared: 0,
};
const MOUNT_NS: Readonly<Record<FileAccess, number>> = {
  default: 0,
  exclusive: Infinity,
  shared: 0,
};
const ROOT_DESCRIPTORS = 512;
const MOUNT_DESCRIPTORS = 128;

export class FileMedia {
  readonly sandbox: Sandbox;
  readonly #overlayFd: number;
  readonly #policy: FilePolicy;

  constructor(sandbox: Sandbox, overlayFd: number, policy: FilePolicy) {
    this.sandbox = sandbox;
    this.#overlayFd = overlayFd;
    this.#policy = policy;
    // In a pod the first container decides: the walls stand by now.
    if (policy.hostSockets && !sandbox.reachesHostSockets)
      throw runtimeFailure("the sandbox of the pod was started without --host-uds open");
  }

  /** The root's mount, the first of a new mount namespace. Read-only it becomes last of all. */
  mountRoot(fd: number, owner: UserNamespace): Path {
    const { vfs } = this.sandbox.kernel;
    const { overlay, rootAccess, honoursSuid } = this.#policy;
    const flags = MS_RELATIME | (honoursSuid ? 0 : MS_NOSUID);
    const options = {
      writable: true,
      attributeNs: ROOT_NS[rootAccess],
      descriptors: ROOT_DESCRIPTORS,
    };
    const path =
      overlay === "none"
        ? vfs.mountRoot(this.#host(fd, options), flags, "rootfs", owner)
        : vfs.mountRoot(this.#above(fd, options), flags, "overlay", owner);
    lockFlags(path.mount, owner, false);
    return path;
  }

  /** The files of a bind mount. */
  bound(fd: number, isReadOnly: boolean): Filesystem {
    const options = {
      writable: true,
      attributeNs: MOUNT_NS[this.#policy.mountAccess],
      descriptors: MOUNT_DESCRIPTORS,
    };
    const isApart = this.#policy.overlay === "all" && !isReadOnly;
    const filesystem = this.#host(fd, options);
    if (isReadOnly || (isApart && !filesystem.root.isDirectory)) filesystem.readOnly = true;
    else if (isApart) return this.#layerOver(filesystem);
    return filesystem;
  }

  #host(fd: number, options: HostOptions): HostFilesystem {
    const { host, kernel, platform } = this.sandbox;
    const filesystem = new HostFilesystem(kernel.vfs, host, fd, options);
    if (this.#policy.hostSockets) filesystem.sockets = new SocketReach(host, platform);
    return filesystem;
  }

  #above(fd: number, options: HostOptions): Filesystem {
    return this.#layerOver(this.#host(fd, { ...HOST_ROOT, attributeNs: options.attributeNs }));
  }

  #layerOver(lower: HostFilesystem): Filesystem {
    lower.readOnly = true;
    const { host, kernel } = this.sandbox;
    const { overlayBytes } = this.#policy;
    const options = { ...TMPFS_DEFAULTS, size: overlayBytes === 0 ? Infinity : overlayBytes };
    return makeOverlayRoot(kernel.vfs, host, [lower.root], options, this.#overlayFd);
  }
}
