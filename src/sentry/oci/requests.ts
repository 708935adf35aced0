/**
 * Requests: what command lines ask of a running sandbox, done.
 */
import { SI_USER, SIGABRT, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM } from "../../abi/signal.ts";
import { signaledStatus } from "../../abi/wait.ts";
import type {
  Answer,
  CreateRequest,
  ExecRequest,
  KillRequest,
  ProcessLine,
  Request,
  TraceRequest,
} from "../../control/messages.ts";
import { describeStacks } from "../../kernel/describe.ts";
import { sendToGroup } from "../../kernel/signal/send.ts";
import { SigInfo } from "../../kernel/signal/siginfo.ts";
import { beginGroupExit } from "../../kernel/task/group-exit.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import type { ProcessSpec, Spec } from "../../oci/spec.ts";
import { StubSpace } from "../../platform/stub/space.ts";
import type { Sandbox } from "../sandbox.ts";
import { Strace } from "../strace.ts";
import { Container } from "./container.ts";
import type { Outcome, RequestHandler } from "./control-server.ts";
import { sortDescriptors } from "./donation.ts";
import { runtimeFailure } from "./places.ts";
import { mergeProcess } from "./process-merge.ts";

const NO_ERROR: Answer = {};
const ENDS_CREATED: readonly number[] = [SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGTERM];
const COMMAND_LENGTH = 4096;

export class Requests implements RequestHandler {
  readonly #sandbox: Sandbox;
  readonly #containers = new Map<string, Container>();
  /** Where somebody wanted a trace, or -1. */
  #traceTo = -1;

  constructor(sandbox: Sandbox, first: Container) {
    this.#sandbox = sandbox;
    this.#containers.set(first.id, first);
  }

  handle(request: Request, descriptors: number[]): Outcome {
    if (request.op === "exec") return this.#exec(request, descriptors);
    if (request.op === "create") return this.#create(request, descriptors);
    if (request.op === "trace") return this.#trace(request, descriptors);
    for (const fd of descriptors) this.#sandbox.host.close(fd);
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
    }
  }

  #find(id: string): Container {
    const container = this.#containers.get(id);
    if (container === undefined) throw runtimeFailure("container does not exist");
    return container;
  }

  /** A container more, in a pod. */
  #create(request: CreateRequest, descriptors: number[]): Outcome {
    const { id, spec, places, rootInMemory, pidOf, userOf } = request;
    const { host } = this.#sandbox;
    if (this.#containers.has(id)) throw runtimeFailure("container with given ID already exists");
    const { root, sources, streams, inherited, rest } = sortDescriptors(places, descriptors);
    try {
      const files = { root, sources, inMemory: rootInMemory };
      const given = { streams, inherited };
      const shared = {
        pid: pidOf === "" ? null : this.#find(pidOf),
        user: userOf === "" ? null : this.#find(userOf),
      };
      const container = new Container(this.#sandbox, id, spec as Spec, files, given, shared);
      this.#containers.set(id, container);
      return { waitFor: container.init, first: { pid: container.init.group.ownPid } };
    } finally {
      for (const fd of [...streams, ...inherited, ...rest]) host.close(fd);
    }
  }

  /** Containers beside the first that are over; their mounts went with their last process. */
  forgetEnded(): void {
    for (const [id, container] of this.#containers) {
      if (container.status !== "stopped" || container.init.group === this.#sandbox.kernel.main)
        continue;
      this.#containers.delete(id);
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
      if (status === "paused") throw runtimeFailure("cannot exec in a paused container");
      const streams = descriptors.slice(0, request.streams);
      const inherited = descriptors.slice(request.streams, request.streams + request.inherited);
      const process = mergeProcess(
        container.spec.process!,
        request.process as ProcessSpec,
        request.inherits,
      );
      const hosted = container.exec(process, { streams, inherited });
      return { waitFor: hosted, first: { pid: hosted.group.ownPid } };
    } finally {
      for (const fd of descriptors) host.close(fd);
    }
  }

  #kill(container: Container, { signal, all }: KillRequest): Outcome {
    if (container.status === "stopped") throw runtimeFailure("container not running");
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
    const { dispatch, host, platform, straceTo } = this.#sandbox;
    const given = elsewhere && this.#containers.has(id) ? descriptors.shift() : undefined;
    for (const fd of descriptors) host.close(fd);
    this.#find(id);
    if (this.#traceTo >= 0) host.close(this.#traceTo);
    this.#traceTo = given ?? -1;
    // Every call is to be seen from now on.
    platform.forgetAnswers();
    dispatch.tracer = calls === null ? null : new Strace(host, given ?? straceTo, calls);
    return NO_ERROR;
  }

  /** Its processes: those of its pid namespace. */
  #groups({ init }: Container): ThreadGroup[] {
    const { pidNamespace } = init.group;
    return [...this.#sandbox.kernel.pids.groups()].filter(
      (group) => group.leader !== null && !group.isZombie && pidNamespace.numberOf(group.pid) !== 0,
    );
  }
}

function describe({ init }: Container, group: ThreadGroup): ProcessLine {
  const { pidNamespace } = init.group;
  const task = group.anyTask;
  const space = task?.mm.space;
  return {
    pid: pidNamespace.numberOf(group.pid),
    parent: pidNamespace.numberOf(group.parent?.pid ?? 0),
    hostPid: space instanceof StubSpace ? space.pid : 0,
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
