/**
 * identity: who a process of a config.json is and what it may use: user, groups, capabilities, limits,
 * environment. As a runtime does on Linux just before it executes the program: execve(2) itself then
 * takes from a user what it has to.
 */
import { capabilityNames } from "../../abi/capability.ts";
import { RLIM_INFINITY, rlimitResources } from "../../abi/resource.ts";
import { byteString } from "../../host/bytes.ts";
import {
  type CapabilitySet,
  Credentials,
  intersection,
  NO_CAPABILITIES,
} from "../../kernel/cred/credentials.ts";
import { NO_ID } from "../../kernel/ns/id-map.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Limits } from "../../kernel/task/limits.ts";
import type { CapabilitiesSpec, ProcessSpec } from "../../oci/spec.ts";
import type { StartFailure } from "../failure.ts";
import { runtimeFailure } from "./places.ts";

/** Above this, a limit of the config means none. */
const NO_LIMIT = 2 ** 63;

/** Ids of the config are those of `namespace`. */
export function credentialsOf(process: ProcessSpec, namespace: UserNamespace): Credentials {
  const { uid = 0, gid = 0, additionalGids } = process.user ?? {};
  const user = namespace.kernelUid(uid);
  const group = namespace.kernelGid(gid);
  const capabilities = process.capabilities ?? {};
  // Linux keeps groups in order.
  const groups = (additionalGids ?? []).map((id) => namespace.kernelGid(id)).sort((a, b) => a - b);
  if (user === NO_ID) throw unmapped("process.user.uid", uid, "uidMappings");
  if (group === NO_ID) throw unmapped("process.user.gid", gid, "gidMappings");
  if (groups.includes(NO_ID))
    throw unmapped("process.user.additionalGids", additionalGids!.join(", "), "gidMappings");
  if (groups.length > 0 && !namespace.maySetGroups)
    throw runtimeFailure(
      "process.user.additionalGids cannot be set in a user namespace whose maker has no power over groups: leave them out, or run as root",
    );
  const permitted = setOf(capabilities, "permitted");
  const inheritable = setOf(capabilities, "inheritable");
  // Nobody can raise more (capabilities(7)), and runtimes let it be.
  const mayBeAmbient = intersection(permitted, inheritable);
  return Credentials.forUser(user, group, groups).with({
    userNamespace: namespace,
    permitted,
    effective: setOf(capabilities, "effective"),
    inheritable,
    bounding: setOf(capabilities, "bounding"),
    ambient: intersection(setOf(capabilities, "ambient"), mayBeAmbient),
    noNewPrivs: process.noNewPrivileges === true,
  });
}

function unmapped(field: string, id: number | string, map: string): StartFailure {
  return runtimeFailure(
    `${field} is ${id}, which linux.${map} does not map: the container has no such id`,
  );
}

function setOf(capabilities: CapabilitiesSpec, which: keyof CapabilitiesSpec): CapabilitySet {
  const names = capabilities[which];
  if (names == null) return NO_CAPABILITIES;
  let lo = 0;
  let hi = 0;
  for (const name of names) {
    // Names of a newer Linux than ours are left out, as runtimes do.
    const number = capabilityNames.names[name];
    if (number === undefined) continue;
    if (number < 32) lo |= 1 << number;
    else hi |= 1 << (number - 32);
  }
  return { lo: lo >>> 0, hi: hi >>> 0 };
}

export function applyLimits(limits: Limits, process: ProcessSpec): void {
  for (const { type, soft, hard } of process.rlimits ?? []) {
    const which = rlimitResources.names[type];
    if (which === undefined) throw runtimeFailure(`there is no resource limit ${type}`);
    limits.set(which, limitOf(soft), limitOf(hard));
  }
}

function limitOf(value: number): number {
  return value >= NO_LIMIT ? RLIM_INFINITY : value;
}

/** The environment, with HOME where the config does not say. `passwd`: the container's /etc/passwd. */
export function environmentOf(process: ProcessSpec, passwd: string): string[] {
  const env = (process.env ?? []).map(byteString);
  if (!env.some((entry) => entry.startsWith("HOME="))) {
    const home = homeOf(passwd, process.user?.uid ?? 0);
    env.push(`HOME=${home}`);
  }
  return env;
}

/** passwd(5): the sixth field of the user's line. */
function homeOf(passwd: string, uid: number): string {
  for (const line of passwd.split("\n")) {
    const fields = line.split(":");
    if (fields.length >= 6 && fields[2] === String(uid)) return fields[5]! || "/";
  }
  return "/";
}
