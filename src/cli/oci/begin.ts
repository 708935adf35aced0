/**
 * begin: lets the program of a created container go: \`start\`, and the second half of \`run\`.
 */

import type { Hooks } from "../../oci/spec.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { ask } from "./client.ts";
import { CommandError, type Context } from "./context.ts";
import { runHooks } from "./hooks.ts";
import { hookState } from "./make.ts";

const SIGKILL = 9;

export function beginContainer(context: Context, record: ContainerRecord, hooks: Hooks): void {
  const { id } = record;
  // The namespace that startContainer hooks are to run in is inside, where they are not.
  if ((hooks.startContainer ?? []).length > 0)
    runHooks(context, "startContainer", hooks.startContainer, hookState(record, "created"));
  const answer = ask(context, record, { op: "start", id });
  if (answer === null) throw new CommandError("cannot start a container that has stopped");
  record.status = "running";
  context.store.save(record);
  try {
    runHooks(context, "poststart", hooks.poststart, hookState(record, "running"));
  } catch (error) {
    ask(context, record, { op: "kill", id, signal: SIGKILL, all: true });
    throw error;
  }
}
