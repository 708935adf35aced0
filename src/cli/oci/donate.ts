/**
 * donate: what the sandbox of a container is told and given: it opens no path of the host itself, so that
 * everything comes as a descriptor, in the order that src/sentry/oci/donation.ts sorts them.
 */
import { openSync } from "node:fs";
import { resolve } from "node:path";
import { errnoText } from "../../abi/errno-text.ts";
import {
  AT_FDCWD,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_WRONLY,
} from "../../abi/fcntl.ts";
import type { CreateRequest } from "../../control/messages.ts";
import { byteString } from "../../host/bytes.ts";
import type { MountSpec, Spec } from "../../oci/spec.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import type { BootMessage } from "../../sentry/oci/boot-message.ts";
import { CommandError, type Context } from "./context.ts";
import type { Globals } from "./globals.ts";
import { isDebugged } from "./log.ts";
import type { OverlayChoice } from "./overlay-choice.ts";

/** It has its namespaces for itself. */
const NOTHING_SHARED = { pidOf: "", userOf: "" };
/** What a sandbox is called where commands are named. */
export const SANDBOX_COMMAND = "boot";

/** In the order that boot-message.ts tells: root, sources of mounts, overlay, state directory, log. */
export function openFiles(
  { host, store }: Context,
  { overlay }: Globals,
  { id, bundle, rootfs, logs }: ContainerRecord,
  spec: Spec,
): number[] {
  const open = (path: string, flags: number, what: string) => {
    const fd = host.openat(AT_FDCWD, byteString(path), flags | O_CLOEXEC, 0o600);
    if (fd < 0) throw new CommandError(`${what} ${path}: ${errnoText(-fd)}`);
    return fd;
  };
  const root = open(rootfs, O_PATH | O_DIRECTORY, "the root directory");
  const sources = (spec.mounts ?? [])
    .filter(hasSource)
    .map((mount) => open(resolve(bundle, mount.source ?? ""), O_PATH, "the mount source"));
  const kept = overlay.medium === "self" ? rootfs : overlay.medium;
  const keeper = hasOverlay(overlay)
    ? [open(kept, O_PATH | O_DIRECTORY, "the directory for what is written,")]
    : [];
  const directory = open(store.directory(id), O_PATH | O_DIRECTORY, "the state directory");
  const log = open(logs!.sandbox, O_CREAT | O_APPEND | O_WRONLY, "the log");
  return [root, ...sources, ...keeper, directory, log];
}

function hasOverlay({ of, medium }: OverlayChoice): boolean {
  return of !== "none" && medium !== "memory";
}

export function openUserLog(path: string): number[] {
  if (path === "") return [];
  try {
    return [openSync(path, "a", 0o644)];
  } catch (error) {
    throw new CommandError(`cannot open the user log: ${(error as Error).message}`);
  }
}

function hasSource({ type, options }: MountSpec): boolean {
  return (
    type === "bind" || options?.includes("bind") === true || options?.includes("rbind") === true
  );
}

/** Descriptors beside those of files. */
export interface Given {
  readonly streams: readonly number[];
  readonly inherited: readonly number[];
  /** One or none. */
  readonly userLog: readonly number[];
}

export function createRequest(
  globals: Globals,
  id: string,
  spec: Spec,
  { streams, inherited }: Given,
  shared: Pick<CreateRequest, "pidOf" | "userOf">,
): CreateRequest {
  const { overlay, rootAccess, mountAccess, hostSockets, allowSuid } = globals;
  return {
    op: "create",
    id,
    spec,
    places: {
      streams: streams.length,
      inherited: inherited.length,
      hasSource: (spec.mounts ?? []).map(hasSource),
      hasOverlay: hasOverlay(overlay),
    },
    files: {
      overlay: overlay.of,
      overlayBytes: overlay.bytes,
      rootAccess,
      mountAccess,
      hostSockets,
      honoursSuid: allowSuid,
    },
    ...shared,
  };
}

export function bootMessage(globals: Globals, id: string, spec: Spec, given: Given): BootMessage {
  const namespace = spec.linux?.namespaces?.find(({ type }) => type === "network");
  // Without the entry the container is where we are (config-linux.md, "Namespaces").
  const wanted = namespace === undefined ? "host" : "namespace";
  return {
    create: createRequest(globals, id, spec, given, NOTHING_SHARED),
    network: globals.network === "sandbox" ? wanted : globals.network,
    networkNamespace: namespace?.path || null,
    awaitsHooks:
      (spec.hooks?.prestart ?? []).length > 0 || (spec.hooks?.createRuntime ?? []).length > 0,
    strace: globals.strace,
    straceLength: globals.straceLength,
    descriptors: globals.fdLimit,
    log: {
      form: globals.debugLogFormat,
      level: isDebugged(globals, SANDBOX_COMMAND) ? "debug" : "info",
      alsoForUsers: given.userLog.length > 0,
    },
  };
}
