/**
 * make: `create` and the first half of `run`: from a bundle to a container whose program waits to be
 * started. In this order, so that `delete --force` can clean up whatever is left when this process is
 * killed at any point: claim the id, write down what will be made, make it, tell the sandbox that it
 * is known.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { isPodSandbox, podOf } from "../../oci/pod.ts";
import { identify } from "../../oci/process.ts";
import type { NamespaceType, Spec } from "../../oci/spec.ts";
import { type ContainerRecord, OCI_VERSION, type State } from "../../oci/state.ts";
import type { BootMessage } from "../../sentry/oci/boot-message.ts";
import { globalsFor } from "./annotations.ts";
import { loadSpec } from "./bundle.ts";
import { admitToGroups, groupsOf } from "./cgroup/groups.ts";
import { planCgroups } from "./cgroup/plan.ts";
import { askOn, connect } from "./client.ts";
import { CommandError, type Context } from "./context.ts";
import {
  bootMessage,
  createRequest,
  type Given,
  openFiles,
  openUserLog,
  SANDBOX_COMMAND,
} from "./donate.ts";
import type { Flags, FlagTable } from "./flags.ts";
import type { Globals } from "./globals.ts";
import { runHooks } from "./hooks.ts";
import { Launcher } from "./launcher.ts";
import { logPath } from "./log-path.ts";
import { adjusted } from "./spec-flags.ts";
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
/** Their help. */
export const CREATE_OPTIONS = `  -b, --bundle DIR        the bundle (default: where you are)
  --console-socket PATH   socket that gets the terminal, for a config that asks for one
  --pid-file FILE         where to write the number of the sandbox's process
  --preserve-fds N        give the program N descriptors besides its streams, from 3 on
  --user-log FILE         where to tell the program's user what it met, as calls that there are not
  --no-pivot              accepted: no root of the host is changed
  --no-new-keyring        accepted: a sandbox has keys of its own
`;

const LEAST_SHARES = 2;
const LOG_NAME = "sandbox.log";

export interface Made {
  readonly record: ContainerRecord;
  /** The child of ours that ends with the container: its sandbox, or the waiter that stands for it in a pod. */
  readonly child: number;
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
  const loaded = withUserMappings(context, loadSpec(context, bundle));
  const globals = globalsFor(context.globals, loaded);
  const count = listenDescriptors();
  const spec = adjusted(loaded, globals, count);
  const streams = streamsFor(context, spec.process!, {
    consoleSocket: flags.text("console-socket"),
    detaches,
  });
  const inherited = inheritedFor(flags.number("preserve-fds", 0) + count);
  const given = { streams, inherited, userLog: openUserLog(flags.text("user-log")) };
  context.store.make(id);
  return context.locked(id, () => {
    const record = newRecord(context, globals, id, bundle, spec);
    if (record.sandbox !== id) return joinPod(context, globals, record, spec, given, flags);
    const cgroups = planned(context, asFirst(spec), id);
    record.cgroups = cgroups.directories;
    if (cgroups.unit !== null) record.unit = cgroups.unit;
    context.store.save(record);
    try {
      const opened = openFiles(context, globals, record, spec);
      const launcher = new Launcher(context, id);
      record.process = identify(launcher.pid);
      cgroups.start(launcher.pid);
      record.cgroups = cgroups.directories;
      context.store.save(record);
      cgroups.hold(launcher.pid);
      const message = bootMessage(globals, id, spec, given);
      launcher.tell(message, [...streams, ...inherited, ...opened, ...given.userLog]);
      attend(context, launcher, message, record, spec);
      const pidFile = flags.text("pid-file");
      if (pidFile !== "") writePidFile(pidFile, launcher.pid);
      launcher.commit();
      return { record, child: launcher.pid };
    } catch (error) {
      undo(context, record, cgroups.remove);
      throw error;
    }
  });
}

/** Where it cannot have the control groups that it wants, there is no such container. */
function planned(context: Context, spec: Spec, id: string): ReturnType<typeof planCgroups> {
  try {
    return planCgroups(context, spec, id);
  } catch (error) {
    context.store.remove(id);
    throw error;
  }
}

/** A container more in the sandbox of a pod. What stands for it on the host is a waiter. */
function joinPod(
  context: Context,
  globals: Globals,
  record: ContainerRecord,
  spec: Spec,
  given: Given,
  flags: Flags,
): Made {
  const { id, sandbox } = record;
  const { streams, inherited } = given;
  const pod = context.store.has(sandbox) ? context.store.find(sandbox) : null;
  const fd = pod === null ? null : connect(context, pod);
  if (fd === null) {
    context.store.remove(id);
    throw new CommandError(`the sandbox ${sandbox}, which the container is to join, does not run`);
  }
  const cgroups = planned(context, spec, id);
  record.cgroups = cgroups.directories;
  if (cgroups.unit !== null) record.unit = cgroups.unit;
  context.store.save(record);
  try {
    const pidOf = containerOf(context, namespacePath(spec, "pid"));
    const user = containerOf(context, namespacePath(spec, "user"));
    const isOfPod = user !== "" && context.store.find(user)?.sandbox === sandbox;
    const shared = { pidOf, userOf: isOfPod ? user : "" };
    const request = createRequest(globals, id, spec, given, shared);
    const opened = openFiles(context, globals, record, spec);
    const { hooks } = spec;
    const answer = askOn(context, fd, request, [...streams, ...inherited, ...opened]);
    if (answer === null) throw new CommandError("the sandbox of the pod ended");
    const terminal = spec.process!.terminal === true ? streams[0]! : -1;
    const child = leaveWaiter(context, fd, terminal);
    record.process = identify(child);
    cgroups.start(child);
    record.cgroups = cgroups.directories;
    context.store.save(record);
    cgroups.hold(child);
    admitToGroups(groupsOf(record.cgroups), answer.hostPids ?? [], pod!.cgroups);
    const state = hookState(record, "creating");
    for (const name of ["prestart", "createRuntime", "createContainer"] as const)
      runHooks(context, name, hooks?.[name], state);
    if (flags.text("pid-file") !== "") writePidFile(flags.text("pid-file"), child);
    return { record, child };
  } catch (error) {
    undo(context, record, cgroups.remove);
    throw error;
  }
}

/** The least weight, which engines give the idle process of a pod, would starve the kernel of all its members. */
function asFirst(spec: Spec): Spec {
  const { linux } = spec;
  const { cpu } = linux?.resources ?? {};
  if (!isPodSandbox(spec) || cpu?.shares !== LEAST_SHARES) return spec;
  return {
    ...spec,
    linux: { ...linux, resources: { ...linux?.resources, cpu: { ...cpu, shares: 0 } } },
  };
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

function newRecord(
  context: Context,
  globals: Globals,
  id: string,
  bundle: string,
  spec: Spec,
): ContainerRecord {
  const sandbox = sandboxOf(context, spec, id);
  const own = join(context.store.directory(id), LOG_NAME);
  const { debugLog } = context.globals;
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
    process: null,
    cgroups: [],
    hooks: spec.hooks ?? {},
    resources: spec.linux?.resources ?? {},
    logs: {
      sandbox: debugLog === "" ? own : logPath(debugLog, { id, command: SANDBOX_COMMAND }),
      runtime: globals.log,
    },
  };
}

function writePidFile(path: string, pid: number): void {
  try {
    writeFileSync(path, String(pid));
  } catch (error) {
    throw new CommandError(`cannot write the pid file: ${(error as Error).message}`);
  }
}
