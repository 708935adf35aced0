/**
 * Credentials: who a task is. Immutable: a change makes a new object, so that a File may keep the
 * credentials it was opened with (Linux's struct cred, credentials(7), capabilities(7)).
 * Capability sets are two unsigned 32-bit halves, low first.
 */

import { FIRST_USER_NAMESPACE, type UserNamespace } from "../ns/user-namespace.ts";

export interface CapabilitySet {
  readonly lo: number;
  readonly hi: number;
}

export const NO_CAPABILITIES: CapabilitySet = { lo: 0, hi: 0 };
/** CAP_CHOWN (0) … CAP_CHECKPOINT_RESTORE (40). */
export const ALL_CAPABILITIES: CapabilitySet = { lo: 0xffffffff, hi: 0x1ff };

/** What either set holds. */
export function union(a: CapabilitySet, b: CapabilitySet): CapabilitySet {
  return { lo: (a.lo | b.lo) >>> 0, hi: (a.hi | b.hi) >>> 0 };
}

/** What both sets hold. */
export function intersection(a: CapabilitySet, b: CapabilitySet): CapabilitySet {
  return { lo: (a.lo & b.lo) >>> 0, hi: (a.hi & b.hi) >>> 0 };
}

export interface CredentialFields {
  /** In which the capabilities count. */
  readonly userNamespace: UserNamespace;
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly suid: number;
  readonly sgid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  readonly permitted: CapabilitySet;
  readonly effective: CapabilitySet;
  readonly inheritable: CapabilitySet;
  readonly bounding: CapabilitySet;
  readonly ambient: CapabilitySet;
  readonly securebits: number;
  readonly noNewPrivs: boolean;
}

export class Credentials implements CredentialFields {
  readonly userNamespace: UserNamespace;
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly suid: number;
  readonly sgid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  readonly permitted: CapabilitySet;
  readonly effective: CapabilitySet;
  readonly inheritable: CapabilitySet;
  readonly bounding: CapabilitySet;
  readonly ambient: CapabilitySet;
  readonly securebits: number;
  readonly noNewPrivs: boolean;

  constructor(f: CredentialFields) {
    this.userNamespace = f.userNamespace;
    this.uid = f.uid;
    this.gid = f.gid;
    this.euid = f.euid;
    this.egid = f.egid;
    this.suid = f.suid;
    this.sgid = f.sgid;
    this.fsuid = f.fsuid;
    this.fsgid = f.fsgid;
    this.groups = f.groups;
    this.permitted = f.permitted;
    this.effective = f.effective;
    this.inheritable = f.inheritable;
    this.bounding = f.bounding;
    this.ambient = f.ambient;
    this.securebits = f.securebits;
    this.noNewPrivs = f.noNewPrivs;
  }

  /** What a program started by this user has: everything for root, nothing for others. */
  static forUser(uid: number, gid: number, groups: readonly number[]): Credentials {
    const caps = uid === 0 ? ALL_CAPABILITIES : NO_CAPABILITIES;
    return new Credentials({
      userNamespace: FIRST_USER_NAMESPACE,
      uid,
      gid,
      euid: uid,
      egid: gid,
      suid: uid,
      sgid: gid,
      fsuid: uid,
      fsgid: gid,
      groups,
      permitted: caps,
      effective: caps,
      inheritable: NO_CAPABILITIES,
      bounding: ALL_CAPABILITIES,
      ambient: NO_CAPABILITIES,
      securebits: 0,
      noNewPrivs: false,
    });
  }

  /** As the first of a user namespace: all capabilities there, and none elsewhere. */
  enter(userNamespace: UserNamespace): Credentials {
    return this.with({
      userNamespace,
      permitted: ALL_CAPABILITIES,
      effective: ALL_CAPABILITIES,
      inheritable: NO_CAPABILITIES,
      bounding: ALL_CAPABILITIES,
      ambient: NO_CAPABILITIES,
      securebits: 0,
    });
  }

  with(changes: Partial<CredentialFields>): Credentials {
    return new Credentials({ ...this, ...changes });
  }

  /** The capability (CAP_*) over everything: in the first user namespace. */
  has(capability: number): boolean {
    return this.userNamespace.level === 0 && this.#holds(capability);
  }

  /** The capability over what belongs to its own user namespace. */
  hasOwn(capability: number): boolean {
    return this.#holds(capability);
  }

  /**
   * The capability over what belongs to `namespace`: the own one, or one below it. Who made a namespace has
   * all capabilities in it, as long as he is in its parent.
   */
  hasIn(namespace: UserNamespace | null, capability: number): boolean {
    const own = this.userNamespace;
    for (let at = namespace; at !== null && at.level >= own.level; at = at.parent) {
      if (at === own) return this.#holds(capability);
      if (at.parent === own && at.ownerUid === this.euid) return true;
    }
    return false;
  }

  /** The capability over a file: its owner and group must have names in the own user namespace. */
  hasOver(
    { uid, gid }: { readonly uid: number; readonly gid: number },
    capability: number,
  ): boolean {
    return this.#holds(capability) && this.userNamespace.knows(uid, gid);
  }

  /** The kernel's id of the own user namespace's root; NO_ID when it has none. */
  get root(): number {
    return this.userNamespace.kernelUid(0);
  }

  #holds(capability: number): boolean {
    return capability < 32
      ? ((this.effective.lo >>> capability) & 1) === 1
      : ((this.effective.hi >>> (capability - 32)) & 1) === 1;
  }

  /** Is `gid` the file-system group or a supplementary one? */
  inGroup(gid: number): boolean {
    return this.fsgid === gid || this.groups.includes(gid);
  }
}
