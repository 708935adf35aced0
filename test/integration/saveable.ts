/**
 * What of a kernel's state could not be saved: findings() walks all of it and lists, each once,
 *  - instances of classes that no src/FLOOR/state-classes.ts registers;
 *  - functions, promises, proxies, weak collections, symbols and big integers;
 *  - host descriptors (fields named so) outside the classes that own them.
 * Exceptions are below, each with its reason as a sentence.
 */
import { types } from "node:util";
import { stateClasses as base } from "../../src/base/state-classes.ts";
import { stateClasses as fs } from "../../src/fs/state-classes.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stateClasses as kernel } from "../../src/kernel/state-classes.ts";
import { stateClasses as sockets } from "../../src/sockets/state-classes.ts";
import { walk } from "./object-graph.ts";

export const registered: Readonly<Record<string, number>> = {
  ...base,
  ...kernel,
  ...fs,
  ...sockets,
};

/** Not state: what a restored kernel is given anew. The walk stops there. */
export const OUTSIDE: Readonly<Record<string, string>> = {
  StubPlatform: "The platform: host processes and memory, made anew by the next one.",
  StubThread: "A thread's registers are saved through GuestThread's methods.",
  StubSpace: "A space's memory is saved by the host's own means.",
  Host: "The host's calls.",
  HostStat: "Scratch of one call to the host.",
  HostClock: "The host's clock; a restored kernel keeps offsets to it.",
  HostEntropy: "Chance is drawn anew.",
  HostFacts: "Facts of the machine that the kernel runs on now.",
  Dispatch: "The table of system calls: code.",
};

/** Fields that hold something else than state, and why that is right. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  "PseudoInode.entry":
    "A row of the tables of /proc and /sys: code, found again by the inode's name.",
  "ContentFile.entry": "The same row as its inode's.",
  "PseudoDirectory.entry": "The same kind of row, of a directory.",
  "ProcRoot.entry": "The row of /proc itself.",
  "ProcessDirectory.entry": "The row of /proc/PID.",
  "FamilyDirectory.entry": "The row of a directory with one member for each device.",
  "FamilyDirectory.#kind":
    "Says which family of devices: code, found again by the directory's name.",
  "EpollItem.fd": "A number of the guest's.",
  "SharedFutexes.#tables":
    "Weak keys are memory objects. The waiters are tasks, whose calls are tried again and queue anew.",
};

/** They own descriptors of the host: a checkpoint must ask them what to open again. */
export const OWNERS: Readonly<Record<string, string>> = {
  HostInode: "A file below a directory that the user gave.",
  HostFile: "The same file, opened by a guest.",
  HostFilesystem: "That directory.",
  DescriptorCache: "Directories kept open for speed: may be dropped at any moment.",
  HostStream: "The user's standard streams, given anew.",
  StreamInode: "The same stream, as an inode.",
  PageStore: "The memory of one file of tmpfs.",
};

const PLAIN = new Set(["Object", "Array", "Map", "Set", "ArrayBuffer", "Float64Array", "DataView"]);

export function findings(kernel: Kernel): string[] {
  const found = new Map<string, string>();
  const tell = (what: string, path: string) => {
    if (!found.has(what)) found.set(what, `${what}, at ${path}`);
  };
  walk(kernel, {
    visit(value, path) {
      const problem = problemOf(value);
      if (problem !== null) tell(problem, path);
      return problem === null && !(nameOf(value as object) in OUTSIDE);
    },
    enters(holder, field, value) {
      const place = `${nameOf(holder)}.${field}`;
      if (place in EXCEPTIONS) return false;
      const isDescriptor =
        typeof value === "number" && value > 2 && /^#?(fd|.*(Fd|Descriptor))$/.test(field);
      if (isDescriptor && !(nameOf(holder) in OWNERS))
        tell(`a descriptor of the host in ${place}`, place);
      return true;
    },
  });
  return [...found.values()];
}

function problemOf(value: object | symbol | bigint): string | null {
  if (typeof value !== "object") {
    const text = typeof value === "function" ? `: ${String(value).slice(0, 60)}` : "";
    return `a ${typeof value}${text}`;
  }
  if (types.isProxy(value)) return "a proxy";
  if (types.isPromise(value)) return "a promise";
  const name = nameOf(value);
  if (PLAIN.has(name) || types.isTypedArray(value)) return null;
  if (name in registered || name in OUTSIDE) return null;
  return `an instance of ${name}, which no state-classes.ts registers`;
}

function nameOf(value: object): string {
  return Object.getPrototypeOf(value)?.constructor.name ?? "Object";
}
