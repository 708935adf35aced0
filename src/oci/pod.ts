/**
 * pod: which containers live together in one sandbox, as Kubernetes' runtimes say it in annotations: the
 * first one of a pod is its "sandbox", the others name it.
 *  - podman annotates the others alone. Its first one is known by its control group: one of podman's that
 *    lies in a pod's, whose name is the pod's identifier.
 */
import type { Spec } from "./spec.ts";

const TYPES = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];
const SANDBOXES = ["io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"];
const MANAGER = "io.container.manager";
/** By the cgroupfs manager, and by systemd's. */
const IN_PODMAN_POD = /[/_][0-9a-f]{64}(?:\/libpod-|\.slice:libpod:)[0-9a-f]{64}$/;

function annotation({ annotations }: Spec, names: readonly string[]): string {
  for (const name of names) {
    const value = annotations?.[name];
    if (value !== undefined) return value;
  }
  return "";
}

/** Others are to join it. */
export function isPodSandbox(spec: Spec): boolean {
  const type = annotation(spec, TYPES);
  return type === "sandbox" || (type === "" && isFirstOfPodman(spec));
}

function isFirstOfPodman({ annotations, linux }: Spec): boolean {
  return annotations?.[MANAGER] === "libpod" && IN_PODMAN_POD.test(linux?.cgroupsPath ?? "");
}

/** The container whose sandbox it is to join; "" for one of its own. */
export function podOf(spec: Spec): string {
  return annotation(spec, TYPES) === "container" ? annotation(spec, SANDBOXES) : "";
}
