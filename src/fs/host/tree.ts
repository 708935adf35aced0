/**
 * HostTree: what the nodes of one host filesystem share: where it starts, how long the host is believed,
 * and the bound on descriptors.
 */
import { EROFS } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Host } from "../../host/host.ts";
import { HostStat } from "../../host/stat.ts";
import { Filesystem } from "../../kernel/vfs/filesystem.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { DescriptorCache } from "./descriptor-cache.ts";
import type { HostNode } from "./node.ts";

/** A host device's files get inode numbers of their own above those of the first device. */
const DEVICE_STRIDE = 2 ** 44;
/** Makes an Endpoint that is connected to the socket file behind a descriptor, or tells -errno. */
export interface HostSocketMaker {
  connect(socketFd: number, type: number): object | number;
}

export abstract class HostTree extends Filesystem {
  readonly host: Host;
  /** How long attributes and names are believed. */
  readonly attributeNs: number;
  override readonly revalidates: boolean;
  override readonly allowsIds: boolean = true;
  readonly descriptors: DescriptorCache;
  readonly rootFd: number;
  /** Bytes of listings that directories keep. */
  listingBytes = 0;
  /** Connects guests to sockets of the host that lie here; null where they may not. */
  sockets: HostSocketMaker | null = null;
  /** Lent for one statx. */
  readonly stat = new HostStat();

  constructor(vfs: Vfs, host: Host, rootFd: number, attributeNs: number, descriptors: number) {
    super(vfs, "hostfs");
    this.host = host;
    this.rootFd = rootFd;
    this.attributeNs = attributeNs;
    this.revalidates = attributeNs !== Infinity;
    this.descriptors = new DescriptorCache(descriptors);
  }

  /** The one node for what statx told, held; `parent` and `name` are where it was found. */
  abstract inodeFor(parent: HostNode | null, name: string, stat: HostStat): HostNode;

  abstract forget(node: HostNode): void;

  /** What makes inode numbers of this host device unique. */
  inoOffset(device: number): number {
    return device * DEVICE_STRIDE;
  }

  mayChange(): number {
    return this.readOnly ? refuse(EROFS, "the host directory is read-only") : 0;
  }
}
