/**
 * hooks: programs that the config wants run at a point of a container's life (config.md, "POSIX
 * Platform Hooks"): with the container's state on their standard input, one after the other.
 */
import type { Hook, HookName } from "../../oci/spec.ts";
import type { State } from "../../oci/state.ts";
import { childProcess } from "./child-process.ts";
import { CommandError, type Context } from "./context.ts";

const OUTPUT_TOLD = 1024;

/** Of poststop a failure is told and nothing more; any other ends the container. */
export function runHooks(
  context: Context,
  name: HookName,
  hooks: readonly Hook[] | undefined,
  state: State,
): void {
  for (const [i, hook] of (hooks ?? []).entries()) {
    const failure = runHook(hook, state);
    if (failure === null) continue;
    const message = `error running ${name} hook #${i} (${hook.path}): ${failure}`;
    if (name === "poststop") context.log.warn(message);
    else throw new CommandError(message);
  }
}

function runHook(hook: Hook, state: State): string | null {
  const [argv0, ...args] = hook.args ?? [hook.path];
  const result = childProcess().spawnSync(hook.path, args, {
    argv0: argv0 ?? hook.path,
    input: JSON.stringify(state),
    env: Object.fromEntries((hook.env ?? []).map(splitVariable)),
    cwd: state.bundle,
    timeout: hook.timeout === undefined ? undefined : hook.timeout * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 1 << 20,
  });
  // A hook need not read its input.
  const { code } = (result.error ?? {}) as NodeJS.ErrnoException;
  if (code === "ETIMEDOUT") return `it took longer than ${hook.timeout} s`;
  if (result.error !== undefined && code !== "EPIPE") return result.error.message;
  if (result.status === 0) return null;
  const how = result.signal === null ? `exit status ${result.status}` : `signal ${result.signal}`;
  const said = `${result.stdout}${result.stderr}`.slice(0, OUTPUT_TOLD);
  return said === "" ? how : `${how}, stdout and stderr: ${said}`;
}

function splitVariable(text: string): [string, string] {
  const cut = text.indexOf("=");
  return cut < 0 ? [text, ""] : [text.slice(0, cut), text.slice(cut + 1)];
}
