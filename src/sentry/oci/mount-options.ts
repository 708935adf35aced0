/**
 * mount-options: the words of a mount's `options` (config.md, "Mounts"; mount(8)): flags of the mount,
 * how it propagates, whether it is a bind mount, and the rest, which is the filesystem's data.
 */
import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_PRIVATE,
  MS_RDONLY,
  MS_RELATIME,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
} from "../../abi/mount.ts";

export interface MountOptions {
  readonly flags: number;
  /** MS_SHARED, …; 0 for as it is. */
  readonly propagation: number;
  readonly isBind: boolean;
  /** rbind: what is mounted below the source comes along. */
  readonly isRecursive: boolean;
  readonly copiesUp: boolean;
  /** Something is said of access times. */
  readonly setsTimes: boolean;
  /** idmap, ridmap: files have the ids that the mount's or the container's maps say. */
  readonly mapsIds: boolean;
  readonly data: string;
}

const SETS: Readonly<Record<string, number>> = {
  ro: MS_RDONLY,
  rro: MS_RDONLY,
  nosuid: MS_NOSUID,
  rnosuid: MS_NOSUID,
  nodev: MS_NODEV,
  rnodev: MS_NODEV,
  noexec: MS_NOEXEC,
  rnoexec: MS_NOEXEC,
  noatime: MS_NOATIME,
  rnoatime: MS_NOATIME,
  nodiratime: MS_NODIRATIME,
  rnodiratime: MS_NODIRATIME,
  relatime: MS_RELATIME,
  rrelatime: MS_RELATIME,
  nosymfollow: MS_NOSYMFOLLOW,
  rnosymfollow: MS_NOSYMFOLLOW,
};

/** Words that are not flags of a mount, nor the filesystem's. */
const OTHERS: readonly string[] = ["bind", "rbind", "tmpcopyup", "idmap", "ridmap"];

const CLEARS: Readonly<Record<string, number>> = {
  rw: MS_RDONLY,
  rrw: MS_RDONLY,
  suid: MS_NOSUID,
  rsuid: MS_NOSUID,
  dev: MS_NODEV,
  rdev: MS_NODEV,
  exec: MS_NOEXEC,
  rexec: MS_NOEXEC,
  atime: MS_NOATIME,
  ratime: MS_NOATIME,
  diratime: MS_NODIRATIME,
  rdiratime: MS_NODIRATIME,
  norelatime: MS_RELATIME,
  rnorelatime: MS_RELATIME,
  strictatime: MS_RELATIME | MS_NOATIME,
  rstrictatime: MS_RELATIME | MS_NOATIME,
  symfollow: MS_NOSYMFOLLOW,
  rsymfollow: MS_NOSYMFOLLOW,
};

/** Words that change nothing here. */
const IGNORED: ReadonlySet<string> = new Set([
  "defaults",
  "async",
  "sync",
  "dirsync",
  "silent",
  "loud",
  "mand",
  "nomand",
  "lazytime",
  "nolazytime",
  "iversion",
  "noiversion",
  "acl",
  "noacl",
  "remount",
  "nofail",
]);

export const PROPAGATIONS: Readonly<Record<string, number>> = {
  private: MS_PRIVATE,
  rprivate: MS_PRIVATE,
  shared: MS_SHARED,
  rshared: MS_SHARED,
  slave: MS_SLAVE,
  rslave: MS_SLAVE,
  unbindable: MS_UNBINDABLE,
  runbindable: MS_UNBINDABLE,
};

export function readMountOptions(words: readonly string[]): MountOptions {
  const setsTimes = words.some((word) => word.includes("atime"));
  let flags = setsTimes ? 0 : MS_RELATIME;
  let propagation = 0;
  const data: string[] = [];
  for (const word of words) {
    if (Object.hasOwn(PROPAGATIONS, word)) propagation = PROPAGATIONS[word]!;
    else if (Object.hasOwn(SETS, word)) flags |= SETS[word]!;
    else if (Object.hasOwn(CLEARS, word)) flags &= ~CLEARS[word]!;
    else if (!IGNORED.has(word) && !OTHERS.includes(word)) data.push(word);
  }
  return {
    flags,
    propagation,
    isBind: words.includes("bind") || words.includes("rbind"),
    isRecursive: words.includes("rbind"),
    setsTimes,
    copiesUp: words.includes("tmpcopyup"),
    mapsIds: words.includes("idmap") || words.includes("ridmap"),
    data: data.join(","),
  };
}

/** Every word that is understood, for `features`. */
export const MOUNT_WORDS: readonly string[] = [
  ...Object.keys(SETS),
  ...Object.keys(CLEARS),
  ...Object.keys(PROPAGATIONS),
  ...IGNORED,
  ...OTHERS,
].sort();
