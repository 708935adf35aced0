/**
 * Measures one row once on one side. What does not run, or prints no number, is an error with all
 * that is known about it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { failure } from "../compare.ts";
import { PROGRAM_PATH } from "../e2e/harness.ts";
import { freePort, isListening } from "../listening.ts";
import { plainEnvironment, run } from "../process.ts";
import { withPrograms } from "./programs.ts";
import type { Side } from "./sides.ts";
import type { CommandRow, Row, ServedRow } from "./workloads/row.ts";

const TIME_LIMIT_MS = 180_000;
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;
/** Of a failed command this much of its last words is told. */
const SAID_LINES = 6;

/**
 * Files that the work makes lie in memory on every side: a sandbox keeps its own in memory anyway, and
 * the machine's disk is not what is measured.
 */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...plainEnvironment("/tmp"),
  PATH: PROGRAM_PATH,
  TMPDIR: existsSync("/dev/shm") ? "/dev/shm" : "/tmp",
};

export async function measure(row: Row, side: Side, isQuick: boolean): Promise<number> {
  if (row.timed === "probed") return row.probe(side, isQuick);
  if (row.timed === "served") return measureServed(row, side, isQuick);
  return measureCommand(row, side, isQuick);
}

async function measureCommand(row: CommandRow, side: Side, isQuick: boolean): Promise<number> {
  const port = await freePort();
  const command = await ready((isQuick && row.quick) || row.command, port);
  const { stdout, durationMs } = await succeed(side.command(command));
  return row.timed === "inside" ? lastNumber(stdout) : durationMs;
}

/** Wall time of a command that must succeed. */
export async function measureWall(command: string[]): Promise<number> {
  return (await succeed(command)).durationMs;
}

async function measureServed(row: ServedRow, side: Side, isQuick: boolean): Promise<number> {
  const port = await freePort();
  const server = start(side.command(await ready(row.server, port), "host"));
  try {
    await untilUp(server, port);
    const client = await ready((isQuick && row.quick) || row.client, port);
    return lastNumber((await succeed(client)).stdout);
  } finally {
    await stop(server);
  }
}

async function ready(words: string[], port: number): Promise<string[]> {
  return (await withPrograms(words)).map((word) => word.replaceAll("PORT", `${port}`));
}

async function succeed(command: string[]) {
  const options = { cwd: "/tmp", timeoutMs: TIME_LIMIT_MS, env: ENVIRONMENT };
  const result = await run(command, options);
  if (result.status === 0 && !result.timedOut) return result;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-SAID_LINES);
  throw failure([result.ending, ...said].join("\n"));
}

function lastNumber(stdout: string): number {
  const line = stdout.trim().split("\n").at(-1)!;
  const number = Number(line);
  if (line === "" || !Number.isFinite(number) || number < 0)
    throw failure(`its last line is no number: ${JSON.stringify(line)}`);
  return number;
}

/** Starts a command that leads a process group of its own, for stop(). */
export function start(command: string[]): ChildProcess {
  const [program, ...words] = command;
  const child = spawn(program, words, {
    cwd: "/tmp",
    env: ENVIRONMENT,
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  child.on("error", () => {}); // Whoever waits for it to be up sees that it never is.
  return child;
}

/** Asks it to end, and kills what is left of its group. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return; // It never was.
  child.stdout?.resume();
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await Promise.race([exited, sleep(STOP_LIMIT_MS)]);
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

async function untilUp(server: ChildProcess, port: number): Promise<void> {
  if (!(await isListening(server, port, START_LIMIT_MS)))
    throw failure("the server does not listen");
}
