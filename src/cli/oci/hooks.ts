/**
 * hooks: programs that the config wants run at a point of a container's life (config.md, "POSIX
 * Platform Hooks"): with the container's state on their standard input, one after the other.
 */
import { errnoText } from "../../abi/errno-text.ts";
import { MFD_CLOEXEC } from "../../abi/mman.ts";
import type { Hook, HookName } from "../../oci/spec.ts";
import type { State } from "../../oci/state.ts";
import { CommandError, type Context } from "./context.ts";
import { signalName } from "./signals.ts";

const OUTPUT_TOLD = 1024;
const SIGKILL = 9;

/** Of poststop a failure is told and nothing more; any other ends the container. */
export function runHooks(
  context: Context,
  name: HookName,
  hooks: readonly Hook[] | undefined,
  state: State,
): void {
  for (const [i, hook] of (hooks ?? []).entries()) {
    const failure = runHook(context, hook, state);
    if (failure === null) continue;
    const message = `error running ${name} hook #${i} (${hook.path}): ${failure}`;
    if (name === "poststop") context.log.warn(message);
    else throw new CommandError(message);
  }
}

/** A file in memory with a container's state, for a hook's standard input; the caller's to close. */
export function stateFile({ host }: Context, state: State): number {
  const file = host.memfdCreate("tvisor-state", MFD_CLOEXEC);
  host.pwrite(file, new TextEncoder().encode(JSON.stringify(state)), 0);
  return file;
}

/** What it reads and writes are files in memory: nobody need attend to it. */
function runHook(context: Context, hook: Hook, state: State): string | null {
  const { host, launch } = context;
  const input = stateFile(context, state);
  const output = host.memfdCreate("tvisor-hook", MFD_CLOEXEC);
  try {
    const pid = launch.spawn({
      words: [hook.path, ...(hook.args ?? [hook.path])],
      environment: hook.env ?? [],
      directory: state.bundle,
      descriptors: [input, output, output],
      leadsSession: false,
    });
    if (pid < 0) return errnoText(-pid);
    const how = outcomeOf(context, pid, hook.timeout);
    if (how === null) return null;
    const said = told(context, output);
    return said === "" ? how : `${how}, stdout and stderr: ${said}`;
  } finally {
    host.close(input);
    host.close(output);
  }
}

/** Null when it went well. `timeout` in seconds. */
function outcomeOf({ host, launch }: Context, pid: number, timeout: number | undefined) {
  const pidfd = host.pidfdOpen(pid);
  const isLate = timeout !== undefined && launch.awaitEither(pidfd, -1, timeout * 1000) === 0;
  if (isLate) host.pidfdSendSignal(pidfd, SIGKILL);
  host.close(pidfd);
  const { status, signal } = launch.reap(pid);
  if (isLate) return `it took longer than ${timeout} s`;
  if (signal !== 0) return `signal ${signalName(signal)}`;
  return status === 0 ? null : `exit status ${status}`;
}

/** The beginning of what it wrote. */
function told({ host }: Context, output: number): string {
  const bytes = new Uint8Array(OUTPUT_TOLD);
  const n = host.pread(output, bytes, 0);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(n, 0)));
}
