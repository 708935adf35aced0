/**
 * Entries: the rows that pseudo directories are made of. Each names a file, a link or a directory,
 * with the functions that give it content; rows are constants, never state.
 *  - file(): `read` gives the whole content, or -errno; `write` takes what one write(2) brought.
 *  - link(): `readlink` gives the target; `follow` makes it a magic link.
 *  - directory(): a table below, about the same subject; maker(): any inode of its own.
 */
import { S_IFDIR, S_IFLNK, S_IFREG } from "../../abi/stat.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { PseudoFilesystem } from "./filesystem.ts";

/** What a directory is about. */
export interface Subject {
  /** False: it is gone, and its files with it. */
  readonly alive: boolean;
  /** Who owns its files now. */
  readonly uid: number;
  readonly gid: number;
}

/** What a row needs of the directory that it makes an inode in. */
export interface Parent {
  readonly filesystem: PseudoFilesystem;
  readonly ino: number;
}

/** A name in a directory: what readdir tells. */
export interface Name {
  readonly name: string;
  readonly mode: number;
}

/** What readdir needs of a directory. */
export interface Listing {
  readonly subject: Subject;
  readonly ino: number;
  readonly table: readonly AnyEntry[];
  /** Names that follow those of the table, each with a number that says its order. */
  dynamicNames(task: Task): ReadonlyMap<number, Name>;
}

/** A byte string (one char per byte), bytes, or -errno. */
export type Content = string | Uint8Array | number;

/** How a file does with lseek(SEEK_END) and epoll, and who may open it. */
export interface FileTraits<S> {
  /** SEEK_END gives 0 instead of EINVAL. */
  readonly hasEnd?: boolean;
  /** A write of no bytes is the row's to judge. */
  readonly judgesEmpty?: boolean;
  /** epoll takes it. */
  readonly pollable?: boolean;
  /** May the task open it with these O_ flags? 0 or -errno. */
  readonly mayOpen?: (subject: S, task: Task, flags: number) => number;
}

export interface Entry<S extends Subject> {
  readonly name: string;
  /** Type and permission bits. */
  readonly mode: number;
  readonly read?: (subject: S, task: Task) => Content;
  /** `opener` is who opened the file: another than `task`, when the descriptor was handed on. */
  readonly write?: (subject: S, task: Task, text: string, opener: Credentials) => number;
  readonly traits?: FileTraits<S>;
  readonly readlink?: (subject: S, task: Task | null) => string | number;
  readonly follow?: (subject: S, task: Task) => Path | number;
  readonly table?: readonly Entry<S>[];
  readonly make?: (parent: Parent, entry: Entry<S>, subject: S) => Inode;
  /** Opens a file that is not a text. */
  readonly open?: (
    subject: S,
    task: Task,
    face: Inode,
    path: Path | null,
    flags: number,
  ) => File | number;
}

// biome-ignore lint/suspicious/noExplicitAny: rows of tables about different subjects meet here
export type AnyEntry = Entry<any>;

const FNV_PRIME = 16777619;
/** Numbers below it belong to roots. */
const FIRST_INO = 4096;

/** The inode number of `name` in the directory of this number: FNV-1a, for ever the same. */
export function inoOf(parent: number, name: string): number {
  let hash = (2166136261 ^ parent) >>> 0;
  for (let i = 0; i < name.length; i++)
    hash = Math.imul(hash ^ name.charCodeAt(i), FNV_PRIME) >>> 0;
  return hash < FIRST_INO ? hash + FIRST_INO : hash;
}

export function file<S extends Subject>(
  name: string,
  mode: number,
  read?: (subject: S, task: Task) => Content,
  write?: (subject: S, task: Task, text: string, opener: Credentials) => number,
  traits?: FileTraits<S>,
): Entry<S> {
  return {
    name,
    mode: S_IFREG | mode,
    ...(read === undefined ? {} : { read }),
    ...(write === undefined ? {} : { write }),
    ...(traits === undefined ? {} : { traits }),
  };
}

export function link<S extends Subject>(
  name: string,
  readlink: (subject: S, task: Task | null) => string | number,
  follow?: (subject: S, task: Task) => Path | number,
): Entry<S> {
  return { name, mode: S_IFLNK | 0o777, readlink, ...(follow === undefined ? {} : { follow }) };
}

export function directory<S extends Subject>(
  name: string,
  table: readonly Entry<S>[],
  mode = 0o555,
): Entry<S> {
  return { name, mode: S_IFDIR | mode, table };
}

export function maker<S extends Subject>(
  name: string,
  mode: number,
  make: (parent: Parent, entry: Entry<S>, subject: S) => Inode,
): Entry<S> {
  return { name, mode: S_IFDIR | mode, make };
}

/** A file that always says the same. */
export function constant<S extends Subject>(name: string, content: string, mode = 0o444): Entry<S> {
  return file<S>(name, mode, () => content, undefined, { pollable: true });
}
