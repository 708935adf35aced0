/**
 * `tvisor doctor`: what this machine offers. It starts what a sandbox starts, up to the first stub in
 * its walls, and tells what the host granted: nothing is guessed from versions or files.
 * Exit status 0 when tvisor can run here, 1 when it cannot.
 */
import os from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { Sandbox } from "../sentry/sandbox.ts";
import type { Tier } from "../sentry/tier.ts";
import { print, printError } from "./print.ts";

export const USAGE = `Usage: tvisor doctor [--json]

Says whether tvisor can run on this machine, how strong its walls are here (the tier), what is
missing for stronger ones, and what that costs. Exit status 0 when tvisor can run.

Options:
  --json   the same for programs

Example:
  tvisor doctor
`;
const USAGE_ERROR = 128;

const TIERS = [
  "seccomp filters; no privileges needed",
  "guests in namespaces of their own",
  "guests in namespaces of their own, as a user of their own",
];

interface Report {
  canRun: boolean;
  /** Why it cannot. */
  problem: string | null;
  machine: { linux: string; processor: string; node: string };
  tier: Tier | null;
}

export function main(argv: string[]): number {
  let values: { help?: boolean; json?: boolean };
  try {
    ({ values } = parseArgs({
      args: argv,
      options: { help: { type: "boolean", short: "h" }, json: { type: "boolean" } },
    }));
  } catch (error) {
    printError(`tvisor doctor: ${(error as Error).message}\n`);
    return USAGE_ERROR;
  }
  if (values.help === true) {
    print(USAGE);
    return 0;
  }
  const report = examine();
  print(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : show(report));
  return report.canRun ? 0 : 1;
}

function examine(): Report {
  const machine = { linux: os.release(), processor: process.arch, node: process.version };
  try {
    const files = [{ at: "/", isWritable: false }];
    const sandbox = new Sandbox({ files, network: "none", strace: null, report: () => {} });
    const { tier } = sandbox;
    sandbox.stop();
    return { canRun: true, problem: null, machine, tier };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { canRun: false, problem, machine, tier: null };
  }
}

function show({ machine, problem, tier }: Report): string {
  const lines = [`Linux ${machine.linux}, ${machine.processor}, Node ${machine.node}`];
  if (tier === null) return `${[...lines, `tvisor cannot run here: ${problem}`].join("\n")}\n`;
  lines.push(`tvisor can run here. Tier ${tier.tier}: ${TIERS[tier.tier]}`, "", "There is:");
  for (const what of tier.has) lines.push(`  ${what}`);
  lines.push("", "Missing:");
  for (const { what, costs, remedy } of tier.missing)
    lines.push(`  ${what}`, `      costs:  ${costs}`, `      remedy: ${remedy}`);
  return `${lines.join("\n")}\n`;
}
