/**
 * What the overlay writes into its upper layer to remember itself: whiteouts and the trusted.overlay.*
 * attributes opaque, origin, redirect and impure. Guests do not see them.
 */
import { S_IFCHR, S_IFMT } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";

export const OVERLAY_PREFIX = "trusted.overlay.";
const OPAQUE = "trusted.overlay.opaque";
const ORIGIN = "trusted.overlay.origin";
const REDIRECT = "trusted.overlay.redirect";
const IMPURE = "trusted.overlay.impure";

export function isWhiteout(inode: Inode): boolean {
  return (inode.mode & S_IFMT) === S_IFCHR && inode.rdev === 0;
}

/** Cover `name` of the layers below; 0 or -errno. */
export function makeWhiteout(task: Task, directory: Inode, name: string): number {
  const made = directory.create(task, name, { mode: S_IFCHR, uid: 0, gid: 0, rdev: 0, target: "" });
  if (typeof made === "number") return made;
  made.drop();
  return 0;
}

/** Take a whiteout away if there is one: true when there was. */
export function removeWhiteout(task: Task, directory: Inode, name: string): boolean {
  const found = directory.lookup(task, name);
  if (typeof found === "number") return false;
  const was = isWhiteout(found);
  if (was) directory.unlink(task, name, found);
  found.drop();
  return was;
}

export function isOpaque(directory: Inode): boolean {
  const value = directory.getxattr(OPAQUE);
  return typeof value !== "number" && value.length === 1 && value[0] === 0x79;
}

export function setOpaque(task: Task, directory: Inode): number {
  return directory.setxattr(task, OPAQUE, Uint8Array.of(0x79), 0);
}

/** The inode number that a copied-up file had below; 0 when it was made above. */
export function readOrigin(upper: Inode): number {
  const value = upper.getxattr(ORIGIN);
  return typeof value === "number" ? 0 : Number(textOf(value));
}

export function setOrigin(task: Task, upper: Inode, ino: number): number {
  return upper.setxattr(task, ORIGIN, bytesOf(String(ino)), 0);
}

/** Where below a renamed directory's old content is: "/a/b", or null. */
export function readRedirect(directory: Inode): string | null {
  const value = directory.getxattr(REDIRECT);
  return typeof value === "number" ? null : textOf(value);
}

export function setRedirect(task: Task, directory: Inode, path: string): number {
  return directory.setxattr(task, REDIRECT, bytesOf(path), 0);
}

/** Does this upper directory have entries whose numbers come from below? */
export function isImpure(directory: Inode): boolean {
  return typeof directory.getxattr(IMPURE) !== "number";
}

export function setImpure(task: Task, directory: Inode): void {
  if (!isImpure(directory)) directory.setxattr(task, IMPURE, Uint8Array.of(0x79), 0);
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
