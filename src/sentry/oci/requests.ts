/**
 * Requests: what command lines ask of a running sandbox, done.
 */
import { errnoText } from "../../abi/errno-text.ts";
import { SI_USER, SIGABRT, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM } from "../../abi/signal.ts";
import { signaledStatus } from "../../abi/wait.ts";
import type {
  Answer,
  ContainerRequest,
  CreateRequest,
  ExecRequest,
  KillRequest,
  LevelRequest,
  ProcessLine,
  Request,
  TraceRequest,
} from "../../control/messages.ts";
import { describeStacks } from "../../kernel/describe.ts";
import { sendToGroup } from "../../kernel/signal/send.ts";
import { SigInfo } from "../../kernel/signal/siginfo.ts";
import { beginGroupExit } from "../../kernel/task/group-exit.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import { LOG_LEVELS, type LogLevel } from "../../oci/log-line.ts";
import type { ProcessSpec, Spec } from "../../oci/spec.ts";
import type { AddressSpace } from "../../platform/contract.ts";
import { StubSpace } from "../../platform/stub/space.ts";
import type { Sandbox } from "../sandbox.ts";
import { Strace } from "../strace.ts";
import { Container } from "./container.ts";
import type { Outcome, RequestHandler } from "./control-server.ts";
import { sortDescriptors } from "./donation.ts";
import { runtimeFailure } from "./places.ts";
import { mergeProcess } from "./process-merge.ts";
import type { SandboxLog } from "./sandbox-log.ts";

const NO_ERROR: Answer = {};
const ENDS_CREATED: readonly number[] = [SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGTERM];
const COMMAND_LENGTH = 4096;

export class Requests implements RequestHandler {
  readonly #sandbox: Sandbox;
  readonly #log: SandboxLog;
  readonly #containers = new Map<string, Container>();
  /** Where somebody wanted a trace, or -1. */
  #traceTo = -1;

  constructor(sandbox: Sandbox, first: Container, log: SandboxLog) {
    this.#sandbox = sandbox;
    this.#log = log;
    this.#containers.set(first.id, first);
  }

  /** Everything that is asked is in the log, with what came of it. */
  handle(request: Request, descriptors: number[]): Outcome {
    try {
      const outcome = this.#handle(request, descriptors);
      this.#log.debug(`${describeRequest(request)}: done`);
      return outcome;
    } catch (error) {
      this.#log.debug(`${describeRequest(request)}: ${(error as Error).message}`);
      throw error;
    }
  }

  #handle(request: Request, descriptors: number[]): Outcome {
    if (request.op === "exec") return this.#exec(request, descriptors);
    if (request.op === "create") return this.#create(request, descriptors);
    if (request.op === "trace") return this.#trace(request, descriptors);
    for (const fd of descriptors) this.#sandbox.host.close(fd);
    if (!this.#containers.has(request.id)) return ofForgotten(request);
    const container = this.#find(request.id);
    switch (request.op) {
      case "state":
        return { status: container.status, pid: container.init.group.ownPid };
      case "start":
        return this.#start(container);
      case "kill":
        return this.#kill(container, request);
      case "processes":
        return { processes: this.#groups(container).map((group) => describe(container, group)) };
      case "pause":
        return this.#pause(container);
      case "resume":
        return this.#resume(container);
      case "wait":
        return { waitFor: container.init, first: null };
      case "destroy":
        return this.#kill(container, { op: "kill", id: container.id, signal: SIGKILL, all: true });
      case "tasks":
        return { tasks: describeStacks(this.#sandbox.kernel) };
      case "level":
        return this.#setLevel(request.level);
    }
  }

  #find(id: string): Container {
    const container = this.#containers.get(id);
    if (container === undefined) throw runtimeFailure("container does not exist");
    return container;
  }

  /** A container more, in a pod. */
  #create(request: CreateRequest, descriptors: number[]): Outcome {
    const { id, spec, places, files: policy, pidOf, userOf } = request;
    const { host } = this.#sandbox;
    if (this.#containers.has(id)) throw runtimeFailure("container with given ID already exists");
    const { root, sources, overlay, streams, inherited, rest } = sortDescriptors(
      places,
      descriptors,
    );
    const { nursery } = this.#sandbox.platform;
    const family = nursery.newFamily();
    try {
      if (typeof family === "number")
        throw runtimeFailure(`the sandbox has no process for one more: ${errnoText(-family)}`);
      const files = { root, sources, overlay, policy };
      const given = { streams, inherited };
      const shared = {
        pid: pidOf === "" ? null : this.#find(pidOf),
        user: userOf === "" ? null : this.#find(userOf),
      };
      const container = new Container(
        this.#sandbox,
        id,
        spec as Spec,
        files,
        given,
        family,
        shared,
      );
      this.#containers.set(id, container);
      const { group, task } = container.init;
      const hostPids = [family.template.space, task.mm.space].map(hostPidOf);
      return { waitFor: container.init, first: { pid: group.ownPid, hostPids } };
    } catch (error) {
      if (typeof family !== "number") nursery.endFamily(family);
      throw error;
    } finally {
      for (const fd of [...streams, ...inherited, ...rest]) host.close(fd);
    }
  }

  /** Containers beside the first that are over, once whatever they left is; their mounts went with that. */
  forgetEnded(): void {
    for (const [id, container] of this.#containers) {
      if (container.status !== "stopped" || container.init.group === this.#sandbox.kernel.main)
        continue;
      const left = this.#groups(container);
      for (const group of left) sendToGroup(group, this.#fromOutside(SIGKILL));
      if (left.length > 0) continue;
      this.#containers.delete(id);
      this.#sandbox.platform.nursery.endFamily(container.family);
      // Its root is a mount of the engine's, which unmounts it now.
      this.#sandbox.platform.textFiles.letGo();
    }
  }

  #start(container: Container): Outcome {
    if (container.status !== "created")
      throw runtimeFailure(
        container.status === "stopped"
          ? "cannot start a container that has stopped"
          : "cannot start an already running container",
      );
    container.start();
    return { status: container.status };
  }

  #exec(request: ExecRequest, descriptors: number[]): Outcome {
    const { host } = this.#sandbox;
    try {
      const container = this.#find(request.id);
      const { status } = container;
      if (status === "stopped") throw runtimeFailure("cannot exec in a stopped container");
      if (status === "paused" && !request.ignoresPause)
        throw runtimeFailure("cannot exec in a paused container");
      const streams = descriptors.slice(0, request.streams);
      const inherited = descriptors.slice(request.streams, request.streams + request.inherited);
      const process = mergeProcess(
        container.spec.process!,
        request.process as ProcessSpec,
        request.inherits,
      );
      const hosted = container.exec(process, { streams, inherited }, request.cgroup);
      return { waitFor: hosted, first: { pid: hosted.group.ownPid } };
    } finally {
      for (const fd of descriptors) host.close(fd);
    }
  }

  #kill(container: Container, { signal, all, pid }: KillRequest): Outcome {
    if (container.status === "stopped") {
      // Engines kill all of what has ended; what it left is being killed (forgetEnded).
      if (all) return NO_ERROR;
      throw runtimeFailure("container not running");
    }
    if (pid !== undefined) {
      const group = this.#groups(container).find(({ pid: own }) => {
        return container.init.group.pidNamespace.numberOf(own) === pid;
      });
      if (group === undefined) throw runtimeFailure(`the container has no process ${pid}`);
      if (signal !== 0) sendToGroup(group, this.#fromOutside(signal));
      return NO_ERROR;
    }
    // What was only created has no program that could hear a signal: any that would end one ends it.
    if (container.status === "created" && ENDS_CREATED.includes(signal)) {
      beginGroupExit(container.init.group, signaledStatus(signal, false));
      return NO_ERROR;
    }
    const targets = all ? this.#groups(container) : [container.init.group];
    if (signal !== 0) for (const group of targets) sendToGroup(group, this.#fromOutside(signal));
    return NO_ERROR;
  }

  /** As from a process of the first pid namespace: an init hears SIGKILL and SIGSTOP from there. */
  #fromOutside(signal: number): SigInfo {
    return SigInfo.fromUser(signal, SI_USER, this.#sandbox.kernel.init.pid, 0);
  }

  #pause(container: Container): Outcome {
    if (container.status !== "running" && container.status !== "created")
      throw runtimeFailure("container not running");
    this.#sandbox.kernel.freeze();
    return NO_ERROR;
  }

  #resume(container: Container): Outcome {
    if (!this.#sandbox.kernel.frozen || container.status === "stopped")
      throw runtimeFailure("container not paused");
    this.#sandbox.kernel.thaw();
    return NO_ERROR;
  }

  #trace({ id, calls, elsewhere }: TraceRequest, descriptors: number[]): Outcome {
    const { dispatch, host, platform, straceTo, straceStyle } = this.#sandbox;
    const given = elsewhere && this.#containers.has(id) ? descriptors.shift() : undefined;
    for (const fd of descriptors) host.close(fd);
    this.#find(id);
    if (this.#traceTo >= 0) host.close(this.#traceTo);
    this.#traceTo = given ?? -1;
    // Every call is to be seen from now on.
    platform.forgetAnswers();
    // In the log each line has the log's form.
    const style = given === undefined ? straceStyle : { length: straceStyle.length };
    dispatch.tracer =
      calls === null ? null : new Strace(host, given ?? straceTo, { ...style, names: calls });
    return NO_ERROR;
  }

  #setLevel(level: string): Outcome {
    if (!LOG_LEVELS.includes(level as LogLevel))
      throw runtimeFailure(`there is no log level ${level}`);
    this.#log.level = level as LogLevel;
    return NO_ERROR;
  }

  /** Its processes that live. */
  #groups({ family }: Container): ThreadGroup[] {
    return [...this.#sandbox.kernel.pids.groups()].filter((group) => {
      if (group.leader === null || group.isZombie) return false;
      const space = group.anyTask?.mm.space;
      return space instanceof StubSpace && space.family === family;
    });
  }
}

/** Of a container that is over: who stands for it on the host may not have ended yet. */
function ofForgotten(request: ContainerRequest | KillRequest | LevelRequest): Outcome {
  if (request.op === "state") return { status: "stopped" };
  if (request.op === "kill" && request.all) return NO_ERROR;
  throw runtimeFailure("container does not exist");
}

function hostPidOf(space: AddressSpace): number {
  return space instanceof StubSpace ? space.pid : 0;
}

function describeRequest(request: Request): string {
  const { op, id } = request;
  switch (request.op) {
    case "exec":
      return `exec in ${id} of ${((request.process as ProcessSpec).args ?? []).join(" ")}`;
    case "kill":
      return `signal ${request.signal} to ${request.all ? "all of " : ""}${id}`;
    case "level":
      return `log level ${request.level}`;
    default:
      return `${op} ${id}`;
  }
}

function describe({ init }: Container, group: ThreadGroup): ProcessLine {
  const { pidNamespace } = init.group;
  const task = group.anyTask;
  const space = task?.mm.space;
  return {
    pid: pidNamespace.numberOf(group.pid),
    parent: pidNamespace.numberOf(group.parent?.pid ?? 0),
    hostPid: space === undefined ? 0 : hostPidOf(space),
    user: task?.credentials.euid ?? 0,
    threads: group.tasks.length,
    startNs: group.startNs,
    cpuNs: space?.cpuNs() ?? 0,
    terminal: "?",
    command: commandOf(group),
  };
}

/** The command line as its memory has it now; its short name when it has none. */
function commandOf(group: ThreadGroup): string {
  const task = group.anyTask;
  if (task === null) return "";
  const { argStart, argEnd } = task.mm;
  const bytes = task.mm.read(argStart, Math.min(argEnd - argStart, COMMAND_LENGTH));
  const text = bytes === null ? "" : Buffer.from(bytes).toString("utf8").replace(/\0+$/, "");
  return text === "" ? `[${task.comm}]` : text.replaceAll("\0", " ");
}
