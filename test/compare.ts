/**
 * Runs the same command on Linux and under tvisor and tells in words how the two runs differ.
 *  - Both runs happen in a fresh directory with the same path, so that a printed path is no difference.
 *  - TVISOR_BIN names another launcher; test/passthrough runs the command on Linux, to test a test.
 */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { plainEnvironment, type RunResult, run } from "./process.ts";

/** How many lines around the first difference are shown. */
const CONTEXT_LINES = 3;
const SHOWN_LINES = 20;

export const projectRoot = resolve(import.meta.dirname, "..");

export function launcher(): string {
  return resolve(process.env["TVISOR_BIN"] ?? join(projectRoot, "bin/tvisor"));
}

export interface CompareOptions {
  timeoutMs: number;
  /** Puts what the command needs into its fresh directory. */
  prepare?: (directory: string) => void;
  /** Goes in front of the launcher or the command, for example the pty helper. */
  wrap?: string[];
  /** For `tvisor do`, before the command. */
  flags?: string[];
  /** Variables that both get beside the plain ones. */
  environment?: NodeJS.ProcessEnv;
  /** Takes out of what was printed what is compared. */
  show?: (stdout: string) => string;
  /** Makes a fresh responder for each of the two runs. */
  responder?: () => (stdout: string) => string | undefined;
}

export interface Comparison {
  native: RunResult;
  tvisor: RunResult;
  /** Empty when both did the same. */
  difference: string;
}

/** Runs `command` twice, Linux first: where Linux itself fails to run it, tvisor is not asked. */
export async function compareRuns(command: string[], options: CompareOptions): Promise<Comparison> {
  const parent = mkdtempSync(join(tmpdir(), "tvisor-test-"));
  chmodSync(parent, 0o755);
  const directory = join(parent, "run");
  const runOnce = async (prefix: string[]) => {
    mkdirSync(directory);
    try {
      options.prepare?.(directory);
      const respond = options.responder?.();
      return await run([...(options.wrap ?? []), ...prefix, ...command], {
        cwd: directory,
        timeoutMs: options.timeoutMs,
        env: { ...plainEnvironment(directory), ...options.environment },
        ...(respond ? { respond } : {}),
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
  try {
    const show = ({ stdout, stdoutBytes, ...rest }: RunResult): RunResult =>
      options.show
        ? { ...rest, stdout: options.show(stdout), stdoutBytes: options.show(stdoutBytes) }
        : { ...rest, stdout, stdoutBytes };
    const native = show(await runOnce([]));
    if (native.timedOut) {
      const said = `${indent(native.stdout)}\n${indent(native.stderr)}`;
      throw failure(`Linux itself did not finish: ${native.ending}\n${said}`);
    }
    const whole = await runOnce([launcher(), "do", ...(options.flags ?? []), "--"]);
    const tvisor = show(whole);
    const difference = describeDifference(native, tvisor);
    const told =
      options.show && difference
        ? `\nall that tvisor printed:\n${indent(JSON.stringify(whole.stdout))}`
        : "";
    return { native, tvisor, difference: difference + told };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Gives a fresh directory to the user that the command will run as. */
export function giveTo(uid: number, ...paths: string[]): void {
  for (const path of paths) chownSync(path, uid, uid);
}

/** A failure that is its own explanation: the stack of the harness would only hide it. */
export function failure(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

export function describeDifference(native: RunResult, tvisor: RunResult): string {
  const parts: string[] = [];
  if (native.status !== tvisor.status || tvisor.timedOut) {
    parts.push(`ending:\n  linux:  ${native.ending}\n  tvisor: ${tvisor.ending}`);
  }
  if (native.stdout !== tvisor.stdout) parts.push(describeLines(native.stdout, tvisor.stdout));
  else if (native.stdoutBytes !== tvisor.stdoutBytes) {
    // Only in bytes that are not UTF-8, which decoding makes alike.
    parts.push(describeLines(native.stdoutBytes, tvisor.stdoutBytes));
  }
  if (parts.length > 0 && tvisor.stderr !== native.stderr) {
    if (native.stderr) parts.push(`standard error on linux:\n${indent(native.stderr)}`);
    parts.push(`standard error under tvisor:\n${indent(tvisor.stderr || "(nothing)")}`);
  }
  return parts.join("\n");
}

/** A diff of whole lines, cut to the neighbourhood of the first difference. */
function describeLines(native: string, tvisor: string): string {
  const [a, b] = [native.split("\n"), tvisor.split("\n")];
  let first = 0;
  while (first < a.length && first < b.length && a[first] === b[first]) first++;
  let [endA, endB] = [a.length, b.length];
  while (endA > first && endB > first && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const mark = (sign: string, lines: string[]) => {
    const shown = lines.slice(0, SHOWN_LINES).map((line) => `  ${sign} ${JSON.stringify(line)}`);
    const hidden = lines.length - shown.length;
    return hidden > 0 ? [...shown, `  ${sign} … ${hidden} more lines`] : shown;
  };
  return [
    `standard output differs from line ${first + 1} (- linux, + tvisor):`,
    ...mark(" ", a.slice(Math.max(0, first - CONTEXT_LINES), first)),
    ...mark("-", a.slice(first, endA)),
    ...mark("+", b.slice(first, endB)),
    ...mark(" ", a.slice(endA, endA + CONTEXT_LINES)),
  ].join("\n");
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .slice(-SHOWN_LINES * 2)
    .map((line) => `  ${line}`)
    .join("\n");
}
