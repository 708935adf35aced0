/**
 * messages: requests to a sandbox and its answers, as JSON in one packet each.
 *  - decodeRequest() refuses what is no request, with a sentence; nothing of it has been done then.
 *  - A container's spec and a process's are carried as they are: the sender has checked them
 *    (oci/schema.ts), and the sandbox reads each field for what it is.
 *  - The answer to `wait` comes when the process has ended. After the answer to `exec`, and to `create`
 *    in a sandbox that runs, the connection carries packets of four bytes: signal numbers to the
 *    process, then its exit status back.
 */

/** Where the descriptors of a container's packet are: in this order, and none for a tmpfs. */
export interface ContainerPlaces {
  /** How many streams come first: 3, or 1 for a terminal. */
  readonly streams: number;
  /** Whether descriptors follow that the program inherits from number 3 on. */
  readonly inherited: number;
  /** After the root directory: for each mount whether its source comes. */
  readonly hasSource: readonly boolean[];
  /** Then whether a directory comes that holds what is written (FilePolicy.overlay). */
  readonly hasOverlay: boolean;
}

/** May others change the files meanwhile? "default" believes what was seen for a second. */
export type FileAccess = "default" | "exclusive" | "shared";

/** How a container's files are to the host's. */
export interface FilePolicy {
  /** What is kept apart from the host's files: nothing, what is written to the root, to bind mounts too. */
  readonly overlay: "none" | "root" | "all";
  /** Most bytes of it; 0 for no limit. */
  readonly overlayBytes: number;
  readonly rootAccess: FileAccess;
  readonly mountAccess: FileAccess;
  /** A guest may connect to unix sockets of the host by their names in it. */
  readonly hostSockets: boolean;
  /** The root honours set-user-id bits. */
  readonly honoursSuid: boolean;
}

export interface CreateRequest {
  readonly op: "create";
  readonly id: string;
  readonly spec: unknown;
  readonly places: ContainerPlaces;
  readonly files: FilePolicy;
  /** The container of the sandbox whose pid namespace it shares; "" for one of its own, or none. */
  readonly pidOf: string;
  /** As pidOf, for its user namespace. */
  readonly userOf: string;
}

export interface ExecRequest {
  readonly op: "exec";
  readonly id: string;
  readonly process: unknown;
  readonly streams: number;
  readonly inherited: number;
  /** What is not said is as the container's own process has it. */
  readonly inherits: boolean;
  /** It may be made while the container is paused: it runs when that ends. */
  readonly ignoresPause: boolean;
  /** The control group inside that it is to be in; "" for that of the container. */
  readonly cgroup: string;
}

export interface KillRequest {
  readonly op: "kill";
  readonly id: string;
  readonly signal: number;
  readonly all: boolean;
  /** The process inside that is meant; without it the first. */
  readonly pid?: number;
}

export interface ContainerRequest {
  readonly op: "start" | "state" | "processes" | "tasks" | "pause" | "resume" | "wait" | "destroy";
  readonly id: string;
}

export interface TraceRequest {
  readonly op: "trace";
  readonly id: string;
  /** System calls to tell of; empty for all, null for none. */
  readonly calls: readonly string[] | null;
  /** A descriptor comes along: tell there, not in the log. */
  readonly elsewhere: boolean;
}

/** What the sandbox tells in its log from now on: this level and those above. */
export interface LevelRequest {
  readonly op: "level";
  readonly id: string;
  readonly level: string;
}

export type Request =
  | CreateRequest
  | ExecRequest
  | KillRequest
  | ContainerRequest
  | TraceRequest
  | LevelRequest;

/** A process of a container, as `ps` shows it. */
export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  /** Its number on the host. */
  readonly hostPid: number;
  readonly user: number;
  readonly threads: number;
  readonly startNs: number;
  readonly cpuNs: number;
  readonly terminal: string;
  readonly command: string;
}

export interface Answer {
  /** What went wrong, as a sentence; absent when nothing did. */
  readonly error?: string;
  /** "created", "running", "paused", "stopped". */
  readonly status?: string;
  readonly processes?: readonly ProcessLine[];
  /** Every task of the sandbox, for people. */
  readonly tasks?: string;
  /** Exit status as a shell tells it. */
  readonly exitStatus?: number;
  /** Pid inside. */
  readonly pid?: number;
  /** Of `create` in a sandbox that runs: whose copies all its processes will be, by their host's numbers. */
  readonly hostPids?: readonly number[];
}

export class BadMessage extends Error {
  override readonly name = "BadMessage";
}

export function encode(message: Request | Answer): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

export function decodeAnswer(bytes: Uint8Array): Answer {
  return parse(bytes) as Answer;
}

const CONTAINER_OPS: readonly string[] = [
  "start",
  "state",
  "processes",
  "tasks",
  "pause",
  "resume",
  "wait",
  "destroy",
];
const MOST_ID = 1024;
const MOST_SIGNAL = 64;
const MOST_PID = 1 << 22;
const MOST_STREAMS = 3;
const MOST_INHERITED = 100;
const MOST_MOUNTS = 150;
const MOST_NAMES = 500;

export function decodeRequest(bytes: Uint8Array): Request {
  const value = parse(bytes);
  const { op, id } = value;
  must(typeof id === "string" && id !== "" && id.length <= MOST_ID, "an id");
  if (typeof op === "string" && CONTAINER_OPS.includes(op))
    return value as unknown as ContainerRequest;
  switch (op) {
    case "create":
      must(isObject(value["spec"]), "a spec");
      checkFiles(value["files"]);
      must(typeof value["pidOf"] === "string", "pidOf");
      must(typeof value["userOf"] === "string", "userOf");
      return { ...(value as unknown as CreateRequest), places: places(value["places"]) };
    case "exec":
      must(isObject(value["process"]), "a process");
      must(typeof value["inherits"] === "boolean", "inherits");
      must(typeof value["ignoresPause"] === "boolean", "ignoresPause");
      must(typeof value["cgroup"] === "string", "a cgroup");
      checkStreams(value);
      return value as unknown as ExecRequest;
    case "kill":
      must(isCount(value["signal"], MOST_SIGNAL), "a signal");
      must(typeof value["all"] === "boolean", "all");
      must(value["pid"] === undefined || isCount(value["pid"], MOST_PID), "a process");
      return value as unknown as KillRequest;
    case "trace":
      must(value["calls"] === null || isNames(value["calls"]), "a list of system calls");
      must(typeof value["elsewhere"] === "boolean", "elsewhere");
      return value as unknown as TraceRequest;
    case "level":
      must(typeof value["level"] === "string", "a level");
      return value as unknown as LevelRequest;
    default:
      throw new BadMessage("the request is not known: is another version of tvisor installed?");
  }
}

function places(value: unknown): ContainerPlaces {
  must(isObject(value), "places");
  const fields = value as Record<string, unknown>;
  checkStreams(fields);
  const { hasSource } = fields;
  must(
    Array.isArray(hasSource) &&
      hasSource.length <= MOST_MOUNTS &&
      hasSource.every((each) => typeof each === "boolean"),
    "sources",
  );
  must(typeof fields["hasOverlay"] === "boolean", "an overlay");
  return value as ContainerPlaces;
}

const ACCESS: readonly unknown[] = ["default", "exclusive", "shared"];

function checkFiles(value: unknown): void {
  must(isObject(value), "files");
  const fields = value as Record<string, unknown>;
  must(["none", "root", "all"].includes(fields["overlay"] as string), "what is an overlay");
  must(isCount(fields["overlayBytes"], Number.MAX_SAFE_INTEGER), "the overlay's size");
  must(ACCESS.includes(fields["rootAccess"]) && ACCESS.includes(fields["mountAccess"]), "access");
  must(typeof fields["hostSockets"] === "boolean", "sockets");
  must(typeof fields["honoursSuid"] === "boolean", "set-user-id bits");
}

function checkStreams(fields: Record<string, unknown>): void {
  must(isCount(fields["streams"], MOST_STREAMS), "streams");
  must(isCount(fields["inherited"], MOST_INHERITED), "inherited descriptors");
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new BadMessage("the message is not JSON");
  }
  must(isObject(value), "fields");
  return value as Record<string, unknown>;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new BadMessage(`the message lacks ${what}`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isNames(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MOST_NAMES &&
    value.every((each) => typeof each === "string")
  );
}
