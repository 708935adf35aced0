/**
 * schema: what config.json and process.json must look like (OCI runtime specification 1.2, config.md
 * and config-linux.md), in the language of check.ts; and what they must say together.
 */
import {
  absolutePath,
  anything,
  type Check,
  Findings,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  text,
  truth,
} from "./check.ts";
import { checkMappings } from "./id-mappings.ts";
import type { ProcessSpec, Spec } from "./spec.ts";

const ID = integer(0, 2 ** 32 - 1);
const SIGNED = integer(-(2 ** 63), 2 ** 63);
const UNSIGNED = integer(0, 2 ** 64);
const TEXTS = list(text);

const capabilities = object({
  bounding: TEXTS,
  effective: TEXTS,
  permitted: TEXTS,
  inheritable: TEXTS,
  ambient: TEXTS,
});

const user = object({
  uid: ID,
  gid: ID,
  umask: integer(0, 0o777),
  additionalGids: list(ID),
  username: text,
});

const rlimit = object({ type: text, soft: UNSIGNED, hard: UNSIGNED }, ["type", "soft", "hard"]);

export const processShape: Check = object(
  {
    terminal: truth,
    consoleSize: object({ height: integer(0, 65535), width: integer(0, 65535) }),
    user,
    args: TEXTS,
    commandLine: text,
    env: TEXTS,
    cwd: text,
    capabilities,
    rlimits: list(rlimit),
    noNewPrivileges: truth,
    oomScoreAdj: integer(-1000, 1000),
    apparmorProfile: text,
    selinuxLabel: text,
    scheduler: anything,
    ioPriority: anything,
    execCPUAffinity: anything,
  },
  ["cwd"],
);

const mapping = object({ containerID: ID, hostID: ID, size: ID }, [
  "containerID",
  "hostID",
  "size",
]);

const mount = object(
  {
    destination: text,
    type: text,
    source: text,
    options: TEXTS,
    uidMappings: list(mapping),
    gidMappings: list(mapping),
  },
  ["destination"],
);

const hook = object({ path: absolutePath, args: TEXTS, env: TEXTS, timeout: integer(1, 2 ** 31) }, [
  "path",
]);
const hooks = object({
  prestart: list(hook),
  createRuntime: list(hook),
  createContainer: list(hook),
  startContainer: list(hook),
  poststart: list(hook),
  poststop: list(hook),
});

const NAMESPACES = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];
const namespace = object({ type: oneOf(NAMESPACES), path: absolutePath }, ["type"]);

const device = object(
  {
    type: oneOf(["b", "c", "u", "p"]),
    path: absolutePath,
    major: SIGNED,
    minor: SIGNED,
    fileMode: integer(0, 2 ** 32 - 1),
    uid: ID,
    gid: ID,
  },
  ["type", "path"],
);

const seccomp = object(
  {
    defaultAction: text,
    defaultErrnoRet: integer(0, 4095),
    architectures: TEXTS,
    flags: TEXTS,
    listenerPath: text,
    listenerMetadata: text,
    syscalls: list(
      object(
        {
          names: TEXTS,
          action: text,
          errnoRet: integer(0, 4095),
          args: list(
            object(
              {
                index: integer(0, 5),
                value: UNSIGNED,
                valueTwo: UNSIGNED,
                op: oneOf([
                  "SCMP_CMP_NE",
                  "SCMP_CMP_LT",
                  "SCMP_CMP_LE",
                  "SCMP_CMP_EQ",
                  "SCMP_CMP_GE",
                  "SCMP_CMP_GT",
                  "SCMP_CMP_MASKED_EQ",
                ]),
              },
              ["index", "value", "op"],
            ),
          ),
        },
        ["names", "action"],
      ),
    ),
  },
  ["defaultAction"],
);

const deviceRule = object(
  {
    allow: truth,
    type: oneOf(["a", "c", "b", "u", "p"]),
    major: SIGNED,
    minor: SIGNED,
    access: text,
  },
  ["allow"],
);

export const resourcesShape: Check = object({
  devices: list(deviceRule),
  memory: object({
    limit: SIGNED,
    reservation: SIGNED,
    swap: SIGNED,
    kernel: SIGNED,
    kernelTCP: SIGNED,
    swappiness: integer(0, 100),
    disableOOMKiller: truth,
    useHierarchy: truth,
    checkBeforeUpdate: truth,
  }),
  cpu: object({
    shares: UNSIGNED,
    quota: SIGNED,
    burst: UNSIGNED,
    period: UNSIGNED,
    realtimeRuntime: SIGNED,
    realtimePeriod: UNSIGNED,
    cpus: text,
    mems: text,
    idle: integer(0, 1),
  }),
  pids: object({ limit: SIGNED }),
  blockIO: anything,
  hugepageLimits: anything,
  network: anything,
  rdma: anything,
  unified: mapOf(text),
});

const linux = object({
  namespaces: list(namespace),
  uidMappings: list(mapping),
  gidMappings: list(mapping),
  timeOffsets: anything,
  devices: list(device),
  netDevices: anything,
  cgroupsPath: text,
  resources: resourcesShape,
  rootfsPropagation: oneOf([
    "private",
    "rprivate",
    "slave",
    "rslave",
    "shared",
    "rshared",
    "unbindable",
    "runbindable",
  ]),
  seccomp,
  sysctl: mapOf(text),
  maskedPaths: TEXTS,
  readonlyPaths: TEXTS,
  mountLabel: text,
  intelRdt: anything,
  memoryPolicy: anything,
  personality: anything,
});

export const specShape: Check = object(
  {
    ociVersion: text,
    process: processShape,
    root: object({ path: text, readonly: truth }, ["path"]),
    hostname: text,
    domainname: text,
    mounts: list(mount),
    hooks,
    annotations: mapOf(text),
    linux,
  },
  ["ociVersion"],
);

/** A value as config.json, with what is wrong or odd about it. */
export function checkSpec(value: unknown): Findings {
  const found = new Findings();
  specShape(value, "", found);
  if (found.errors.length === 0) checkWhole(value as Spec, found);
  return found;
}

/** As checkSpec(), for the file that `exec --process` names. */
export function checkProcess(value: unknown): Findings {
  const found = new Findings();
  processShape(value, "", found);
  if (found.errors.length === 0) checkProgram(value as ProcessSpec, "", found);
  return found;
}

function checkWhole(spec: Spec, found: Findings): void {
  const { errors } = found;
  if (!/^1\.\d+\.\d+/.test(spec.ociVersion))
    errors.push(`ociVersion must be 1.x.y, not "${spec.ociVersion}"`);
  if (spec.root === undefined) errors.push("root is missing");
  else if (spec.root.path === "") errors.push("root.path must not be empty");
  if (spec.process === undefined) errors.push("process is missing");
  else checkProgram(spec.process, "process.", found);
  const seen = new Set<string>();
  for (const [i, { type }] of (spec.linux?.namespaces ?? []).entries()) {
    if (seen.has(type)) errors.push(`linux.namespaces[${i}] names the ${type} namespace again`);
    seen.add(type);
  }
  checkUsers(spec, found);
  checkMountIds(spec, found);
  const hasUts = seen.has("uts");
  if ((spec.hostname ?? "") !== "" && !hasUts)
    errors.push("hostname needs a uts namespace in linux.namespaces");
  if ((spec.domainname ?? "") !== "" && !hasUts)
    errors.push("domainname needs a uts namespace in linux.namespaces");
  if ((spec.hostname ?? "").length > 64) errors.push("hostname must not be longer than 64 bytes");
}

/** A container is set up as root of its user namespace, so it must have one. */
function checkUsers({ linux }: Spec, { errors }: Findings): void {
  const user = linux?.namespaces?.find(({ type }) => type === "user");
  if (user === undefined) return;
  for (const field of ["uidMappings", "gidMappings"] as const) {
    const mappings = linux?.[field] ?? [];
    checkMappings(mappings, `linux.${field}`, errors);
    if (mappings.length === 0) {
      if (!user.path) errors.push(`linux.${field} is missing, and the user namespace needs it`);
    } else if (!mappings.some(({ containerID, size }) => containerID === 0 && size > 0))
      errors.push(`linux.${field} must map containerID 0: the container is set up as its root`);
  }
}

/** An ID-mapped mount has both maps, or it takes those of the container's user namespace. */
function checkMountIds({ mounts, linux }: Spec, { errors }: Findings): void {
  const hasUser = linux?.namespaces?.some(({ type }) => type === "user") === true;
  for (const [i, { uidMappings, gidMappings, options }] of (mounts ?? []).entries()) {
    const [uids, gids] = [uidMappings ?? [], gidMappings ?? []];
    checkMappings(uids, `mounts[${i}].uidMappings`, errors);
    checkMappings(gids, `mounts[${i}].gidMappings`, errors);
    const word = options?.find((option) => option === "idmap" || option === "ridmap");
    if (uids.length > 0 !== gids.length > 0)
      errors.push(`mounts[${i}] must have both uidMappings and gidMappings, or neither`);
    else if (word !== undefined && uids.length === 0 && !hasUser)
      errors.push(
        `mounts[${i}].options has ${word}, which needs uidMappings and gidMappings, or a user namespace`,
      );
  }
}

function checkProgram(process: ProcessSpec, at: string, { errors }: Findings): void {
  if ((process.args ?? []).length === 0) errors.push(`${at}args must not be empty`);
  if (!process.cwd.startsWith("/"))
    errors.push(`${at}cwd must be an absolute path, not "${process.cwd}"`);
  const seen = new Set<string>();
  for (const [i, { type, soft, hard }] of (process.rlimits ?? []).entries()) {
    if (seen.has(type)) errors.push(`${at}rlimits[${i}] sets ${type} again`);
    if (soft > hard) errors.push(`${at}rlimits[${i}].soft must not be above its hard limit`);
    seen.add(type);
  }
}
