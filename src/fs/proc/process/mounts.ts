/**
 * /proc/PID/mounts, mountinfo and mountstats: the mounts that a process sees below its root
 * (proc_pid_mountinfo(5)). Names write space, tab, newline, backslash and # in octal.
 */
import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
} from "../../../abi/mount.ts";
import { major, minor } from "../../../abi/stat.ts";
import type { Mount } from "../../../kernel/vfs/mount.ts";
import { Path } from "../../../kernel/vfs/path.ts";
import { isReachable, pathname } from "../../../kernel/vfs/pathname.ts";
import { dominatingGroup } from "../../../kernel/vfs/peer-group.ts";
import type { ProcProcess } from "../subject.ts";

const FLAG_WORDS: readonly (readonly [number, string])[] = [
  [MS_NOSUID, "nosuid"],
  [MS_NODEV, "nodev"],
  [MS_NOEXEC, "noexec"],
  [MS_NOATIME, "noatime"],
  [MS_NODIRATIME, "nodiratime"],
  [MS_RELATIME, "relatime"],
  [MS_NOSYMFOLLOW, "nosymfollow"],
];

/** Major 0 and a minor of 20 bits, as unnamed devices have them. */
function deviceOf(dev: number): string {
  return `${major(dev)}:${minor(dev)}`;
}

function octalEscape(text: string): string {
  return text.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** Where each mount is, seen from the process's root; those outside it are left out. */
function* visible(process: ProcProcess): Generator<[Mount, string]> {
  const task = process.living;
  if (task === null) return;
  const { root } = task.fs;
  const all = [...task.namespaces.mounts.mounts()].sort((a, b) => a.id - b.id);
  for (const mount of all) {
    const top = new Path(mount, mount.root);
    if (isReachable(top, root)) yield [mount, pathname(top, root)];
  }
}

function mountOptions(mount: Mount): string {
  let words = (mount.flags & MS_RDONLY) !== 0 ? "ro" : "rw";
  for (const [flag, word] of FLAG_WORDS) if ((mount.flags & flag) !== 0) words += `,${word}`;
  return mount.ids === null ? words : `${words},idmapped`;
}

function superOptions(mount: Mount): string {
  return (mount.filesystem.readOnly ? "ro" : "rw") + mount.filesystem.options();
}

/** fstab(5) has one list: the mount's own words, then the filesystem's. */
function allOptions(mount: Mount): string {
  const isReadOnly = mount.filesystem.readOnly || (mount.flags & MS_RDONLY) !== 0;
  const own = mountOptions(mount).slice(2);
  return (isReadOnly ? "ro" : "rw") + own + mount.filesystem.options();
}

export function mounts(process: ProcProcess): string {
  let text = "";
  for (const [mount, place] of visible(process))
    text += `${octalEscape(mount.source)} ${octalEscape(place)} ${mount.filesystem.type} ${allOptions(mount)} 0 0\n`;
  return text;
}

export function mountinfo(process: ProcProcess): string {
  let text = "";
  const root = process.root!;
  for (const [mount, place] of visible(process)) {
    const { filesystem } = mount;
    const parent = mount.parent?.id ?? 1;
    text += `${mount.id} ${parent} ${deviceOf(filesystem.dev)} ${octalEscape(rootName(mount))} `;
    text += `${octalEscape(place)} ${mountOptions(mount)}${propagation(mount, root)} - `;
    text += `${filesystem.type} ${octalEscape(mount.source)} ${superOptions(mount)}\n`;
  }
  return text;
}

/** What of the filesystem the mount shows. */
function rootName(mount: Mount): string {
  let name = "";
  for (let dentry = mount.root; dentry.parent !== null; dentry = dentry.parent)
    name = `/${dentry.name}${name}`;
  return name === "" ? "/" : name;
}

/** The optional fields. */
function propagation(mount: Mount, root: Path): string {
  const { group, master } = mount;
  let fields = group === null ? "" : ` shared:${group.id}`;
  if (master !== null) {
    fields += ` master:${master.id}`;
    const from = dominatingGroup(mount, root);
    if (from !== null && from !== master) fields += ` propagate_from:${from.id}`;
  }
  return mount.isUnbindable ? `${fields} unbindable` : fields;
}

export function mountstats(process: ProcProcess): string {
  let text = "";
  for (const [mount, place] of visible(process))
    text += `device ${octalEscape(mount.source)} mounted on ${octalEscape(place)} with fstype ${mount.filesystem.type}\n`;
  return text;
}
