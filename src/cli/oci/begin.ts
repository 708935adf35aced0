/**
 * begin: lets the program of a created container go: \`start\`, and the second half of \`run\`.
 */

import { openSync } from "node:fs";
import type { Hook, Hooks, ProcessSpec } from "../../oci/spec.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { ask, askOn, connect } from "./client.ts";
import { CommandError, type Context } from "./context.ts";
import { runHooks, stateFile } from "./hooks.ts";
import { hookState } from "./make.ts";

const SIGKILL = 9;
/** The exit status, as the control connection brings it. */
const STATUS_SIZE = 4;

export function beginContainer(context: Context, record: ContainerRecord, hooks: Hooks): void {
  const { id } = record;
  for (const hook of hooks.startContainer ?? []) runInside(context, record, hook);
  const answer = ask(context, record, { op: "start", id });
  if (answer === null) throw new CommandError("cannot start a container that has stopped");
  try {
    runHooks(context, "poststart", hooks.poststart, hookState(record, "running"));
  } catch (error) {
    ask(context, record, { op: "kill", id, signal: SIGKILL, all: true });
    throw error;
  }
}

/** startContainer hooks are the container's own programs, run in it by its root (config.md, "Hooks"). */
function runInside(context: Context, record: ContainerRecord, hook: Hook): void {
  const { host } = context;
  const fail = (why: string) =>
    new CommandError(`error running startContainer hook ${hook.path}: ${why}`);
  const input = stateFile(context, hookState(record, "created"));
  const nothing = openSync("/dev/null", "w");
  const fd = connect(context, record);
  if (fd === null) throw fail("the container has stopped");
  const process: ProcessSpec = {
    args: [hook.path, ...(hook.args ?? []).slice(1)],
    env: hook.env ?? [],
    cwd: "/",
    user: { uid: 0, gid: 0 },
  };
  const request = {
    op: "exec",
    id: record.id,
    process,
    inherits: true,
    ignoresPause: false,
    cgroup: "",
    streams: 3,
    inherited: 0,
  } as const;
  askOn(context, fd, request, [input, nothing, nothing]);
  const status = new Uint8Array(STATUS_SIZE);
  const n = host.read(fd, status);
  for (const each of [fd, input, nothing]) host.close(each);
  if (n !== STATUS_SIZE) throw fail("the container has stopped");
  const code = new DataView(status.buffer).getInt32(0, true);
  if (code !== 0) throw fail(`exit status ${code}`);
}
