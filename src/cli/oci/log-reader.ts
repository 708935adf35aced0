/**
 * LogReader: the whole lines of a log file, and those that come to it later: next() gives what is new.
 *  - A file that is not there yet, has been cut or replaced by another is read from its beginning.
 *  - What has no end of line yet waits for it; the rest of a file that nobody writes any more is given
 *    by last().
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const CHUNK = 1 << 16;
/** A line that is longer is given in pieces: it may be anybody's file. */
const MOST_LINE = 1 << 20;

export class LogReader {
  readonly path: string;
  #inode = -1;
  #at = 0;
  #pending: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
  }

  get isThere(): boolean {
    try {
      return statSync(this.path).isFile();
    } catch {
      return false;
    }
  }

  /** Lines since the last time. */
  next(): string[] {
    let fd: number;
    try {
      fd = openSync(this.path, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    try {
      return this.#read(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** As next(), with a last line that nobody ended. */
  last(): string[] {
    const lines = this.next();
    const rest = this.#pending.toString("utf8");
    this.#pending = Buffer.alloc(0);
    return rest === "" ? lines : [...lines, rest];
  }

  #read(fd: number): string[] {
    const { ino, size } = fstatSync(fd);
    if (ino !== this.#inode || size < this.#at) {
      this.#inode = ino;
      this.#at = 0;
      this.#pending = Buffer.alloc(0);
    }
    const lines: string[] = [];
    const chunk = Buffer.alloc(CHUNK);
    for (;;) {
      const n = readSync(fd, chunk, 0, CHUNK, this.#at);
      if (n === 0) return lines;
      this.#at += n;
      this.#pending = Buffer.concat([this.#pending, chunk.subarray(0, n)]);
      this.#cut(lines);
    }
  }

  #cut(lines: string[]): void {
    let from = 0;
    for (;;) {
      const end = this.#pending.indexOf(10, from);
      if (end < 0) break;
      lines.push(this.#pending.toString("utf8", from, end));
      from = end + 1;
    }
    this.#pending = this.#pending.subarray(from);
    if (this.#pending.length < MOST_LINE) return;
    lines.push(this.#pending.toString("utf8"));
    this.#pending = Buffer.alloc(0);
  }
}
