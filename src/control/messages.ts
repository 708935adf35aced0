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
}

export interface CreateRequest {
  readonly op: "create";
  readonly id: string;
  readonly spec: unknown;
  readonly places: ContainerPlaces;
  /** Keep what it writes in memory. */
  readonly rootInMemory: boolean;
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
}

export interface KillRequest {
  readonly op: "kill";
  readonly id: string;
  readonly signal: number;
  readonly all: boolean;
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

export type Request = CreateRequest | ExecRequest | KillRequest | ContainerRequest | TraceRequest;

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
      must(typeof value["rootInMemory"] === "boolean", "rootInMemory");
      must(typeof value["pidOf"] === "string", "pidOf");
      must(typeof value["userOf"] === "string", "userOf");
      return { ...(value as unknown as CreateRequest), places: places(value["places"]) };
    case "exec":
      must(isObject(value["process"]), "a process");
      must(typeof value["inherits"] === "boolean", "inherits");
      checkStreams(value);
      return value as unknown as ExecRequest;
    case "kill":
      must(isCount(value["signal"], MOST_SIGNAL), "a signal");
      must(typeof value["all"] === "boolean", "all");
      return value as unknown as KillRequest;
    case "trace":
      must(value["calls"] === null || isNames(value["calls"]), "a list of system calls");
      must(typeof value["elsewhere"] === "boolean", "elsewhere");
      return value as unknown as TraceRequest;
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
  return value as ContainerPlaces;
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
