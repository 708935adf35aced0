/**
 * remove: takes a container away with everything that was made for it. Nothing that is missing is an
 * error: a command that was killed halfway leaves any part of it.
 */
import process from "node:process";
import { nap } from "../../base/nap.ts";
import { isAlive } from "../../oci/process.ts";
import type { ContainerRecord, HostProcess } from "../../oci/state.ts";
import { removeCgroups } from "./cgroup/plan.ts";
import { CommandError, type Context } from "./context.ts";
import { runHooks } from "./hooks.ts";
import { hookState } from "./make.ts";

const PATIENCE_MS = 10_000;
const NAP_MS = 5;

/** The sandbox may live; it is killed. */
export function removeContainer(context: Context, record: ContainerRecord): void {
  if (record.process !== null) endProcess(record.process);
  removeCgroups(context, record);
  context.store.remove(record.id);
  const { hooks } = record;
  runHooks(context, "poststop", hooks.poststop, hookState(record, "stopped"));
}

function endProcess(target: HostProcess): void {
  const until = Date.now() + PATIENCE_MS;
  while (isAlive(target)) {
    try {
      process.kill(target.pid, "SIGKILL");
    } catch {
      return;
    }
    if (Date.now() > until)
      throw new CommandError(`the sandbox, process ${target.pid}, does not end`);
    nap(NAP_MS);
  }
}
