/**
 * Rows about containers, on Linux those of runc: what a runtime's commands cost by themselves, for a
 * config.json like an engine's, and what they make of `docker run`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { failure } from "../../compare.ts";
import { makeBundle, plainConfig } from "../../oci/bundle.ts";
import { Dockerd, whyNoDocker } from "../../oci/dockerd.ts";
import { ENVIRONMENT } from "../measure.ts";
import { findSides, type Side } from "../sides.ts";
import type { ProbedRow } from "./row.ts";

const PACKAGES = ["runc", "docker.io", "busybox-static"];
/** `true` has ended by then. */
const END_MS = 300;

/** Wall time of a command that must succeed; nothing of it is kept open, as a container might. */
async function wall(program: string, words: string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(program, words, { stdio: "ignore", env: ENVIRONMENT });
  const [code] = await once(child, "exit");
  if (code !== 0) throw failure(`${[program, ...words].join(" ")}: exit status ${code}`);
  return performance.now() - began;
}

type Step = "create" | "start" | "delete";

/** One step of a container's life, which is lived whole. */
async function lifeOf({ runtime }: Side): Promise<Record<Step, number>> {
  const place = mkdtempSync(join(tmpdir(), "tvisor-bench-"));
  const id = `bench-${process.pid}`;
  const step = (...words: string[]) => wall(runtime, ["--root", join(place, "state"), ...words]);
  try {
    makeBundle(place, plainConfig(["true"]));
    const create = await step("create", "--bundle", place, id);
    const start = await step("start", id);
    await sleep(END_MS);
    return { create, start, delete: await step("delete", id) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The daemon that all rounds share, and whom it has run already. */
let docker: Promise<Dockerd> | null = null;
const warm = new Set<string>();

/** With whatever is left of it when the last row is measured. */
function startDocker(): Promise<Dockerd> {
  const why = whyNoDocker();
  if (why !== "") throw failure(why);
  const place = mkdtempSync(join(tmpdir(), "tvisor-bench-docker-"));
  const runtimes = findSides().sides.map(({ name, runtime }) => [name, runtime] as const);
  const started = Dockerd.start(place, runtimes);
  process.once("beforeExit", async () => (await started).end());
  return started;
}

async function dockerRun({ name }: Side): Promise<number> {
  docker ??= startDocker();
  const daemon = await docker;
  const run = () =>
    wall(...daemon.command("run", "--rm", "--network=none", `--runtime=${name}`, "box", "true"));
  if (!warm.has(name)) await run();
  warm.add(name);
  return run();
}

function row(name: string, probe: ProbedRow["probe"]): ProbedRow {
  const common = { group: "containers", unit: "ms", better: "less", timed: "probed" } as const;
  return { ...common, name, packages: PACKAGES, probe };
}

const stepRow = (name: Step) => row(name, async (side) => (await lifeOf(side))[name]);

export const containerRows: ProbedRow[] = [
  stepRow("create"),
  stepRow("start"),
  stepRow("delete"),
  row("docker run --rm true", dockerRun),
];
