/**
 * pod: which containers live together in one sandbox, as Kubernetes' runtimes say it in annotations: the
 * first one of a pod is its "sandbox", the others name it.
 */
import type { Spec } from "./spec.ts";

const TYPES = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];
const SANDBOXES = ["io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"];

type Annotated = Pick<Spec, "annotations">;

function annotation({ annotations }: Annotated, names: readonly string[]): string {
  for (const name of names) {
    const value = annotations?.[name];
    if (value !== undefined) return value;
  }
  return "";
}

/** Others are to join it. */
export function isPodSandbox(spec: Annotated): boolean {
  return annotation(spec, TYPES) === "sandbox";
}

/** The container whose sandbox it is to join; "" for one of its own. */
export function podOf(spec: Annotated): string {
  return annotation(spec, TYPES) === "container" ? annotation(spec, SANDBOXES) : "";
}
