/**
 * The sides that are compared: Linux itself, tvisor, and gVisor's runsc with each platform that works
 * here. A side turns a command into one that runs it there; everything else is the same for all.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { launcher } from "../compare.ts";
import { PROGRAM_PATH } from "../e2e/harness.ts";

export interface Side {
  name: string;
  /** Network "none" has a loopback of its own, "host" is this machine's. */
  command: (words: string[], network?: "none" | "host") => string[];
  /** Its runtime for containers; Linux's is runc. */
  runtime: string;
}

const RUNSC_PLATFORMS = ["systrap", "kvm", "ptrace"];
const TRIAL_LIMIT_MS = 20_000;

export const linux: Side = {
  name: "linux",
  command: (words) => words,
  runtime: "/usr/sbin/runc",
};

export const tvisor: Side = {
  name: "tvisor",
  command: (words, network = "none") => [launcher(), "do", "--network", network, "--", ...words],
  runtime: launcher(),
};

function runsc(program: string, platform: string): Side {
  const rootless = process.getuid!() === 0 ? [] : ["--rootless"];
  return {
    name: `runsc-${platform}`,
    command: (words, network = "none") => [
      ...[program, ...rootless, "--ignore-cgroups", `--platform=${platform}`],
      ...[`--network=${network}`, "do", ...words],
    ],
    runtime: program,
  };
}

/** All sides there are on this machine, and sentences about those that are not. */
export function findSides(): { sides: Side[]; absent: string[] } {
  const folders = `${process.env["PATH"]}${delimiter}${PROGRAM_PATH}`.split(delimiter);
  const program = folders.map((folder) => join(folder, "runsc")).find((path) => existsSync(path));
  if (program === undefined)
    return { sides: [linux, tvisor], absent: ["runsc is not installed: it is left out"] };
  const all = RUNSC_PLATFORMS.map((platform) => runsc(program, platform));
  const usable = all.filter(runsTrue);
  return {
    sides: [linux, tvisor, ...usable],
    absent: all
      .filter((side) => !usable.includes(side))
      .map(({ name }) => `${name} does not run "true" here: it is left out`),
  };
}

function runsTrue(side: Side): boolean {
  const [program, ...words] = side.command(["true"]);
  const env = { ...process.env, PATH: PROGRAM_PATH };
  return spawnSync(program, words, { env, timeout: TRIAL_LIMIT_MS }).status === 0;
}
