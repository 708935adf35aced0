/**
 * user-namespace: what the command line settles about a container's user namespace before there is a sandbox:
 * which ids it has when the config names a namespace by its path, and whether this process may give them.
 *  - A path is another container's of the same pod, which the sandbox shares; or that of any other process,
 *    whose maps are taken over.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { podOf } from "../../oci/pod.ts";
import type { IdMapping, Spec } from "../../oci/spec.ts";
import { CommandError, type Context } from "./context.ts";

interface Mappings {
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
}

type MapName = keyof Mappings;

/** The spec with the maps of the user namespace that it names, if it names one. */
export function withUserMappings(context: Context, spec: Spec): Spec {
  const { linux } = spec;
  const own = linux?.namespaces?.find(({ type }) => type === "user");
  if (own === undefined) {
    if (linux?.uidMappings?.length || linux?.gidMappings?.length)
      context.log.debug("linux.uidMappings and linux.gidMappings count with a user namespace only");
    return spec;
  }
  const path = own.path ?? "";
  const other = containerOf(context, path);
  if (other !== "" && isOfPod(context, spec, other)) return spec;
  if (path !== "" && other === "" && isOurs(path))
    throw new CommandError(
      `${path} is the user namespace that the runtime is in: leave the user namespace out of linux.namespaces to stay in it`,
    );
  const said = { uidMappings: linux!.uidMappings ?? [], gidMappings: linux!.gidMappings ?? [] };
  const isSaid = said.uidMappings.length > 0 && said.gidMappings.length > 0;
  const mappings = path === "" || isSaid ? said : mappingsOf(context, path, other);
  mayGive("uid", mappings.uidMappings);
  mayGive("gid", mappings.gidMappings);
  return { ...spec, linux: { ...linux, ...mappings } };
}

/** The container whose process a path like /proc/PID/ns/pid means; "" for none. */
export function containerOf({ store }: Context, path: string): string {
  const pid = pidIn(path);
  if (pid === 0) return "";
  return store.ids().find((id) => store.find(id)?.process?.pid === pid) ?? "";
}

function pidIn(path: string): number {
  return Number(/^\/proc\/(\d+)\/ns\//.exec(path)?.[1] ?? 0);
}

function isOfPod(context: Context, spec: Spec, other: string): boolean {
  const pod = podOf(spec);
  return pod !== "" && context.store.find(other)?.sandbox === pod;
}

// --- the maps of a namespace that is there --------------------------------------------------------

/** `other`: the container that the path means, or "". */
function mappingsOf(context: Context, path: string, other: string): Mappings {
  if (other !== "") return mappingsOfContainer(context, other, path);
  const pid = pidIn(path);
  if (pid === 0)
    throw new CommandError(
      `the ids of the user namespace ${path} cannot be seen: name it as /proc/PID/ns/user, or give linux.uidMappings and linux.gidMappings`,
    );
  return { uidMappings: readMap(pid, "uid_map"), gidMappings: readMap(pid, "gid_map") };
}

/** On the host, a sandbox's process is in no namespace of its container's. */
function mappingsOfContainer({ store }: Context, id: string, path: string): Mappings {
  const { bundle } = store.load(id);
  try {
    const { linux } = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as Spec;
    if (linux?.uidMappings?.length && linux.gidMappings?.length)
      return { uidMappings: linux.uidMappings, gidMappings: linux.gidMappings };
  } catch {
    // Its bundle is gone.
  }
  throw new CommandError(`${path} is of the container ${id}, which has no user namespace`);
}

function isOurs(path: string): boolean {
  try {
    const [own, named] = [statSync("/proc/self/ns/user"), statSync(path)];
    return own.ino === named.ino && own.dev === named.dev;
  } catch (error) {
    throw new CommandError(`the user namespace ${path}: ${(error as Error).message}`);
  }
}

function readMap(pid: number | "self", name: string): IdMapping[] {
  const lines = readFileSync(`/proc/${pid}/${name}`, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [containerID = 0, hostID = 0, size = 0] = line.trim().split(/\s+/).map(Number);
    return { containerID, hostID, size };
  });
}

// --- which ids are ours to give -------------------------------------------------------------------

/** As the kernel lets this process write uid_map and gid_map (user_namespaces(7)). */
function mayGive(kind: "uid" | "gid", mappings: readonly IdMapping[]): void {
  const field: MapName = `${kind}Mappings`;
  const own = kind === "uid" ? process.geteuid!() : process.getegid!();
  if (process.geteuid!() !== 0) {
    const [first] = mappings;
    if (mappings.length === 1 && first!.hostID === own && first!.size === 1) return;
    throw new CommandError(
      `linux.${field} takes ids that are not this user's: without root only ${kind} ${own} can be mapped; run as root, or in a user namespace that has the others`,
    );
  }
  const ours = readMap("self", `${kind}_map`);
  for (const [i, { hostID, size }] of mappings.entries())
    if (!ours.some((each) => holds(each, hostID, size)))
      throw new CommandError(
        `linux.${field}[${i}] takes ids from ${hostID} to ${hostID + size - 1}, and the user namespace that the runtime is in does not have them all`,
      );
}

function holds({ containerID, size }: IdMapping, from: number, count: number): boolean {
  return from >= containerID && from + count <= containerID + size;
}
