/**
 * status: what a container is now: the sandbox's word while it lives, else that it has stopped.
 */
import { type ContainerRecord, OCI_VERSION, type Status } from "../../oci/state.ts";
import { ask } from "./client.ts";
import type { Context } from "./context.ts";

export function statusOf(context: Context, record: ContainerRecord): Status {
  const answer = ask(context, record, { op: "state", id: record.id });
  return (answer?.status as Status | undefined) ?? "stopped";
}

/** As `state` prints it. */
export function stateOf(context: Context, record: ContainerRecord) {
  const status = statusOf(context, record);
  return {
    ociVersion: OCI_VERSION,
    id: record.id,
    pid: status === "stopped" ? 0 : (record.process?.pid ?? 0),
    status,
    bundle: record.bundle,
    rootfs: record.rootfs,
    created: record.created,
    ...(Object.keys(record.annotations).length > 0 ? { annotations: record.annotations } : {}),
    owner: "",
  };
}
