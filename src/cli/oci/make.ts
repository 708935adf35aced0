/**
 * make: `create` and the first half of `run`: from a bundle to a container whose program waits to be
 * started. In this order, so that `delete --force` can clean up whatever is left when this process is
 * killed at any point: claim the id, write down what will be made, make it, tell the sandbox that it
 * is known.
 */
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { errnoText } from "../../abi/errno-text.ts";
import { O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_PATH, O_WRONLY } from "../../abi/fcntl.ts";
import type { CreateRequest } from "../../control/messages.ts";
import { isPodSandbox, podOf } from "../../oci/pod.ts";
import { identify } from "../../oci/process.ts";
import type { MountSpec, NamespaceType, Spec } from "../../oci/spec.ts";
import { type ContainerRecord, OCI_VERSION, type State } from "../../oci/state.ts";
import type { BootMessage } from "../../sentry/oci/boot-message.ts";
import { loadSpec } from "./bundle.ts";
import { planCgroups } from "./cgroup/plan.ts";
import { askOn, connect } from "./client.ts";
import { CommandError, type Context } from "./context.ts";
import type { Flags, FlagTable } from "./flags.ts";
import type { Globals } from "./globals.ts";
import { runHooks } from "./hooks.ts";
import { Launcher } from "./launcher.ts";
import { inheritedFor, streamsFor } from "./terminal.ts";
import { containerOf, withUserMappings } from "./user-namespace.ts";
import { leaveWaiter } from "./waiter.ts";

export const CREATE_FLAGS: FlagTable = {
  bundle: "text",
  "console-socket": "text",
  "pid-file": "text",
  "no-pivot": "truth",
  "no-new-keyring": "truth",
  "preserve-fds": "text",
  "user-log": "text",
};
export const CREATE_SHORT = { b: "bundle" };

const AT_FDCWD = -100;
const LOG_NAME = "sandbox.log";

export interface Made {
  readonly record: ContainerRecord;
  /** What the container's end is seen by: its sandbox, or the waiter that stands for it in a pod. */
  readonly child: ChildProcess;
}

export interface MakeOptions {
  /** The command does not stay with the container. */
  readonly detaches: boolean;
}

export function makeContainer(
  context: Context,
  id: string,
  flags: Flags,
  { detaches }: MakeOptions,
): Made {
  const bundle = bundleOf(flags);
  const spec = withUserMappings(context, loadSpec(context, bundle));
  const streams = streamsFor(context, spec.process!, {
    consoleSocket: flags.text("console-socket"),
    detaches,
  });
  const inherited = inheritedFor(flags.number("preserve-fds", 0) + listenDescriptors());
  context.store.make(id);
  return context.locked(id, () => {
    const record = newRecord(id, bundle, spec, sandboxOf(context, spec, id));
    if (record.sandbox !== id) return joinPod(context, record, spec, { streams, inherited }, flags);
    const cgroups = planCgroups(context, spec, id);
    record.cgroups = cgroups.directories;
    context.store.save(record);
    const opened = openFiles(context, id, spec, bundle);
    try {
      const launcher = new Launcher(context, id);
      cgroups.make();
      cgroups.add(launcher.pid);
      cgroups.apply(spec.linux?.resources ?? {});
      record.process = identify(launcher.pid);
      context.store.save(record);
      const message = bootMessage(context, id, spec, streams, inherited);
      launcher.tell(message, [...streams, ...inherited, ...opened]);
      attend(context, launcher, message, record, spec);
      record.status = "created";
      context.store.save(record);
      const pidFile = flags.text("pid-file");
      if (pidFile !== "") writePidFile(pidFile, launcher.pid);
      launcher.commit();
      return { record, child: launcher.child };
    } catch (error) {
      undo(context, record, cgroups.remove);
      throw error;
    }
  });
}

/** A container more in the sandbox of a pod. What stands for it on the host is a waiter. */
function joinPod(
  context: Context,
  record: ContainerRecord,
  spec: Spec,
  { streams, inherited }: Pick<Streams, "streams" | "inherited">,
  flags: Flags,
): Made {
  const { id, sandbox, bundle } = record;
  const pod = context.store.has(sandbox) ? context.store.find(sandbox) : null;
  const fd = pod === null ? null : connect(context, pod);
  if (fd === null) {
    context.store.remove(id);
    throw new CommandError(`the sandbox ${sandbox}, which the container is to join, does not run`);
  }
  context.store.save(record);
  try {
    const pidOf = containerOf(context, namespacePath(spec, "pid"));
    const user = containerOf(context, namespacePath(spec, "user"));
    const isOfPod = user !== "" && context.store.find(user)?.sandbox === sandbox;
    const userOf = isOfPod ? user : "";
    const request = createRequest(context.globals, id, spec, {
      streams,
      inherited,
      pidOf,
      userOf,
    });
    const opened = openFiles(context, id, spec, bundle);
    const { hooks } = spec;
    const answer = askOn(context, fd, request, [...streams, ...inherited, ...opened]);
    if (answer === null) throw new CommandError("the sandbox of the pod ended");
    const terminal = spec.process!.terminal === true ? streams[0]! : -1;
    const child = leaveWaiter(fd, terminal);
    record.process = identify(child.pid!);
    record.status = "created";
    context.store.save(record);
    const state = hookState(record, "creating");
    for (const name of ["prestart", "createRuntime", "createContainer"] as const)
      runHooks(context, name, hooks?.[name], state);
    if (flags.text("pid-file") !== "") writePidFile(flags.text("pid-file"), child.pid!);
    return { record, child };
  } catch (error) {
    undo(context, record, () => {});
    throw error;
  }
}

function namespacePath(spec: Spec, kind: NamespaceType): string {
  return spec.linux?.namespaces?.find(({ type }) => type === kind)?.path ?? "";
}

/** Hooks at their times, until the sandbox is ready. */
function attend(
  context: Context,
  launcher: Launcher,
  message: BootMessage,
  record: ContainerRecord,
  { hooks }: Spec,
): void {
  const state = hookState(record, "creating");
  if (message.awaitsHooks) {
    launcher.await("namespaces");
    runHooks(context, "prestart", hooks?.prestart, state);
    runHooks(context, "createRuntime", hooks?.createRuntime, state);
    launcher.goOn();
  }
  launcher.await("mounted");
  runHooks(context, "createContainer", hooks?.createContainer, state);
  launcher.goOn();
  launcher.await("ready");
}

export function hookState(record: ContainerRecord, status: State["status"]): State {
  const { id, bundle, annotations } = record;
  const pid = status === "stopped" ? 0 : (record.process?.pid ?? 0);
  return { ociVersion: OCI_VERSION, id, status, pid, bundle, annotations };
}

function undo(context: Context, record: ContainerRecord, removeCgroups: () => void): void {
  try {
    if (record.process !== null) process.kill(record.process.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  removeCgroups();
  context.store.remove(record.id);
}

function bundleOf(flags: Flags): string {
  const bundle = resolve(flags.text("bundle") || process.cwd());
  try {
    process.chdir(bundle);
  } catch {
    throw new CommandError(`chdir ${bundle}: no such file or directory`);
  }
  return bundle;
}

/** sd_listen_fds(3): descriptors that whoever started us meant for the program. */
function listenDescriptors(): number {
  const count = Number(process.env["LISTEN_FDS"] ?? "0");
  return Number.isInteger(count) && count > 0 ? count : 0;
}

/** In a pod, the sandbox that was made to be joined; where there is none, its own. */
function sandboxOf({ store }: Context, spec: Spec, id: string): string {
  const pod = podOf(spec);
  if (pod === "") return id;
  const record = store.has(pod) ? store.find(pod) : null;
  return record !== null && !record.mayBeJoined ? id : pod;
}

function newRecord(id: string, bundle: string, spec: Spec, sandbox: string): ContainerRecord {
  return {
    version: 1,
    id,
    bundle,
    rootfs: resolve(bundle, spec.root!.path),
    created: new Date().toISOString(),
    owner: process.geteuid!(),
    annotations: spec.annotations ?? {},
    sandbox,
    mayBeJoined: isPodSandbox(spec),
    status: "creating",
    process: null,
    cgroups: [],
    hooks: spec.hooks ?? {},
    resources: spec.linux?.resources ?? {},
  };
}

function writePidFile(path: string, pid: number): void {
  try {
    writeFileSync(path, String(pid));
  } catch (error) {
    throw new CommandError(`cannot write the pid file: ${(error as Error).message}`);
  }
}

// --- what the sandbox is given ------------------------------------------------------------------

/** In the order that boot-message.ts tells: root, sources of mounts, state directory, log. */
function openFiles(
  { host, store, globals }: Context,
  id: string,
  spec: Spec,
  bundle: string,
): number[] {
  const open = (path: string, flags: number, what: string) => {
    const fd = host.openat(AT_FDCWD, bytes(path), flags | O_CLOEXEC, 0o600);
    if (fd < 0) throw new CommandError(`${what} ${path}: ${errnoText(-fd)}`);
    return fd;
  };
  const root = open(resolve(bundle, spec.root!.path), O_PATH | O_DIRECTORY, "the root directory");
  const sources = (spec.mounts ?? [])
    .filter(hasSource)
    .map((mount) => open(resolve(bundle, mount.source ?? ""), O_PATH, "the mount source"));
  const directory = open(store.directory(id), O_PATH | O_DIRECTORY, "the state directory");
  const log = globals.debugLog || join(store.directory(id), LOG_NAME);
  return [root, ...sources, directory, open(log, O_CREAT | O_APPEND | O_WRONLY, "the log")];
}

function hasSource({ type, options }: MountSpec): boolean {
  return (
    type === "bind" || options?.includes("bind") === true || options?.includes("rbind") === true
  );
}

function bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

interface Streams {
  readonly streams: readonly number[];
  readonly inherited: readonly number[];
  readonly pidOf: string;
  readonly userOf: string;
}

function createRequest(
  globals: Globals,
  id: string,
  spec: Spec,
  { streams, inherited, pidOf, userOf }: Streams,
): CreateRequest {
  const hasSources = (spec.mounts ?? []).map(hasSource);
  const places = { streams: streams.length, inherited: inherited.length, hasSource: hasSources };
  const rootInMemory = globals.overlayInMemory;
  return { op: "create", id, spec, places, rootInMemory, pidOf, userOf };
}

function bootMessage(
  { globals }: Context,
  id: string,
  spec: Spec,
  streams: readonly number[],
  inherited: readonly number[],
): BootMessage {
  const namespace = spec.linux?.namespaces?.find(({ type }) => type === "network");
  // Without the entry the container is where we are (config-linux.md, "Namespaces").
  const wanted = namespace === undefined ? "host" : "namespace";
  return {
    create: createRequest(globals, id, spec, { streams, inherited, pidOf: "", userOf: "" }),
    network: globals.network === "sandbox" ? wanted : globals.network,
    networkNamespace: namespace?.path || null,
    awaitsHooks:
      (spec.hooks?.prestart ?? []).length > 0 || (spec.hooks?.createRuntime ?? []).length > 0,
    strace: globals.strace,
  };
}
