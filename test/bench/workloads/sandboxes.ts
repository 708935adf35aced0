/**
 * Rows about sandboxes as such, looked at from outside: memory, processor time while nothing happens,
 * many at once, and a start with nothing of the sandbox in the page cache. Linux has no like of a
 * sandbox: its column shows the bare program, and no ratio is made.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launcher, projectRoot } from "../../compare.ts";
import { PROGRAM_PATH } from "../../e2e/harness.ts";
import { measureWall } from "../measure.ts";
import { atRest, cpuMs, memoryMiB, withGuests } from "../processes.ts";
import type { Side } from "../sides.ts";
import type { ProbedRow } from "./row.ts";

const MANY = 20;
const LOOK_MS = 5_000;
const QUICK_MANY = 3;
const QUICK_LOOK_MS = 200;

function probed(name: string, unit: string, probe: ProbedRow["probe"]): ProbedRow {
  const common = {
    group: "sandboxes",
    better: "less",
    timed: "probed",
    comparable: false,
  } as const;
  return { ...common, name, unit, rounds: 3, probe };
}

const memory = (count: number, kind: "Rss" | "Pss") => (side: Side) =>
  withGuests(side, count, async (pids) => {
    await atRest(pids);
    return memoryMiB(pids, kind) / count;
  });

/** Milliseconds of processor time that all of them together take in a second. */
const idleTime: ProbedRow["probe"] = (side, isQuick) =>
  withGuests(side, isQuick ? QUICK_MANY : MANY, async (pids) => {
    const lookMs = isQuick ? QUICK_LOOK_MS : LOOK_MS;
    await atRest(pids);
    const before = cpuMs(pids);
    await sleep(lookMs);
    return (cpuMs(pids) - before) / (lookMs / 1000);
  });

const startMany: ProbedRow["probe"] = (side, isQuick) => {
  const began = performance.now();
  return withGuests(side, isQuick ? QUICK_MANY : MANY, () => performance.now() - began);
};

/**
 * Wall time of `true`, started from a copy of everything that the side brings, all of it dropped from
 * the page cache. A copy, because pages that another process has mapped would stay.
 */
const startCold: ProbedRow["probe"] = async (side) => {
  const build = join(projectRoot, "test/bench/.build");
  mkdirSync(build, { recursive: true });
  const place = mkdtempSync(join(build, "cold-"));
  try {
    const [program, ...words] = side.command(["true"]);
    const copy = copyInstallation(program, place);
    for (const file of globSync("**/*", { cwd: place, withFileTypes: true }))
      if (file.isFile()) dropFromCache(join(file.parentPath, file.name));
    return await measureWall([copy, ...words]);
  } finally {
    rmSync(place, { recursive: true });
  }
};

/** Where the program is in the copy. */
function copyInstallation(program: string, place: string): string {
  const own = join(projectRoot, "bin/tvisor");
  if (program !== launcher() || program !== own) {
    const folders = PROGRAM_PATH.split(delimiter);
    const [found] = globSync(
      program.startsWith("/") ? program : folders.map((folder) => join(folder, program)),
    );
    cpSync(found, join(place, "program"), { dereference: true });
    return join(place, "program");
  }
  const node = globSync("node_modules/node-linux-*/bin/node", { cwd: projectRoot });
  for (const part of ["bin", "dist", "native/build", "package.json", ...node])
    cpSync(join(projectRoot, part), join(place, part), {
      recursive: true,
      dereference: true,
      preserveTimestamps: true,
    });
  return join(place, "bin/tvisor");
}

function dropFromCache(file: string): void {
  execFileSync("sync", [file]);
  execFileSync("dd", [`if=${file}`, "iflag=nocache", "count=0", "status=none"]);
}

export const sandboxRows: ProbedRow[] = [
  probed("start, nothing in the page cache", "ms", startCold),
  probed("memory of one at rest, resident", "MiB", memory(1, "Rss")),
  probed("memory of one at rest, its share", "MiB", memory(1, "Pss")),
  probed("memory of each of 20 at rest, its share", "MiB", memory(MANY, "Pss")),
  probed("20 at rest: processor time of all", "ms/s", idleTime),
  probed("20 started at once: until all run", "ms", startMany),
];
