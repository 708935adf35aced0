/**
 * bundle: config.json of a bundle and process.json of `exec`, read and checked. What is wrong with one
 * is told with the field's path, all complaints at once.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Findings } from "../../oci/check.ts";
import { checkProcess, checkSpec } from "../../oci/schema.ts";
import type { ProcessSpec, Spec } from "../../oci/spec.ts";
import { CommandError, type Context } from "./context.ts";

const MOST_TOLD = 5;

export function loadSpec(context: Context, bundle: string): Spec {
  const path = join(bundle, "config.json");
  const spec = load(context, path, checkSpec) as Spec;
  for (const field of notApplied(spec))
    context.log.warn(`${path}: ${field} is not applied: tvisor does not do that yet`);
  const { apparmorProfile, selinuxLabel } = spec.process!;
  if (apparmorProfile)
    context.log.debug("process.apparmorProfile is ignored: a sandbox needs none");
  if (selinuxLabel) context.log.debug("process.selinuxLabel is ignored: a sandbox needs none");
  return spec;
}

/** Fields that mean something and that nothing is done with: whoever wrote them should know. */
function notApplied(spec: Spec): string[] {
  const among = (value: unknown, at: string, names: readonly string[]) =>
    names
      .filter((name) => (value as Record<string, unknown> | undefined)?.[name] != null)
      .map((name) => `${at}.${name}`);
  const { process, linux } = spec;
  return [
    ...among(process, "process", ["scheduler", "ioPriority", "execCPUAffinity"]),
    ...among(linux, "linux", [
      "intelRdt",
      "memoryPolicy",
      "netDevices",
      "timeOffsets",
      "personality",
    ]),
    ...among(linux?.resources, "linux.resources", ["network", "rdma"]),
  ];
}

export function loadProcess(context: Context, path: string): ProcessSpec {
  return load(context, path, checkProcess) as ProcessSpec;
}

function load(context: Context, path: string, check: (value: unknown) => Findings): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CommandError(`JSON specification file ${path} not found`);
    throw new CommandError(`cannot read ${path}: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const { errors, remarks } = check(value);
  for (const remark of remarks) context.log.debug(`${path}: ${remark}`);
  if (errors.length === 0) return value;
  const more = errors.length - MOST_TOLD;
  const told = errors.slice(0, MOST_TOLD).join("; ");
  throw new CommandError(`${path}: ${told}${more > 0 ? `; and ${more} more` : ""}`);
}
