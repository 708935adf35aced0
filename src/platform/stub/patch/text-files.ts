/**
 * TextFiles: the files that guests execute, each known once however many processes map it. A file is
 * named by its inode and its times: one that changed is another one. Bounded; the oldest go first.
 */
import type { Host } from "../../../host/host.ts";
import { HostStat } from "../../../host/stat.ts";
import { TextFile } from "./text-file.ts";

const MOST_FILES = 128;

export class TextFiles {
  readonly #host: Host;
  readonly #files = new Map<string, TextFile>();
  readonly #stat = new HostStat();

  constructor(host: Host) {
    this.#host = host;
  }

  /** The file behind a descriptor, which stays its owner's; null when the host does not tell. */
  of(hostFd: number): TextFile | null {
    const s = this.#stat;
    if (this.#host.statx(hostFd, "", s) < 0) return null;
    const times = `${s.mtimeSec}.${s.mtimeNsec}:${s.ctimeSec}.${s.ctimeNsec}`;
    const key = `${s.devMajor}:${s.devMinor}:${s.ino}:${s.size}:${times}`;
    return this.#files.get(key) ?? this.#add(hostFd, key, s.size);
  }

  /** Nothing else is to be done: make a patched copy of something. True when there was one to make. */
  prepare(entry: number): boolean {
    for (const file of this.#files.values()) if (file.ripen(entry)) return true;
    return false;
  }

  /**
   * Close all: what is held open keeps the mount busy that it lies on, and whoever made that is to
   * unmount it. What is executed still is found out about again.
   */
  letGo(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #add(hostFd: number, key: string, size: number): TextFile | null {
    const fd = this.#host.dup(hostFd);
    if (fd < 0) return null;
    if (this.#files.size >= MOST_FILES) {
      const [oldest] = this.#files.values();
      this.#files.delete(oldest!.key);
      oldest!.close();
    }
    const file = new TextFile(this.#host, fd, key, size);
    this.#files.set(key, file);
    return file;
  }
}
