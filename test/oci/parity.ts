/**
 * Parity: the same container under runc and under tvisor, exit status and standard output compared.
 *  - A row with `script` is a container whose program is \`sh -c script\` (or `args`), with `config` changed;
 *    `left` then tells what it has left in the bundle.
 *  - A row with `flow` is a script of the host instead: $RT is the runtime, $ID a fresh id.
 *  - What differs by nature is named in `show`, which takes it out of what is compared.
 */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launcher } from "../compare.ts";
import { type RunResult, run } from "../process.ts";
import { type Config, makeBundle, plainConfig, whyNoReference } from "./bundle.ts";

const LIMIT_MS = 30_000;

export interface Row {
  readonly title: string;
  readonly script?: string;
  readonly args?: readonly string[];
  readonly flow?: string;
  readonly config?: (config: Config, directory: string) => void;
  /** Puts files into the bundle's directory. */
  readonly prepare?: (directory: string) => void;
  readonly left?: (directory: string) => string;
  readonly show?: (output: string) => string;
  /** Why tvisor differs, as a sentence: the row must then differ. */
  readonly differs?: string;
}

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly left: string;
  readonly stderr: string;
}

/** Makes a test of each row. */
export function parity(topic: string, rows: readonly Row[]): void {
  const skip = whyNoReference();
  for (const row of rows)
    test(`${topic}: ${row.title}`, { skip: skip === "" ? false : skip }, async () => {
      const parent = mkdtempSync(join(tmpdir(), "tvisor-parity-"));
      // A user namespace's root is anybody out here.
      chmodSync(parent, 0o755);
      try {
        const reference = await runRow(row, "runc", parent);
        const ours = await runRow(row, launcher(), parent);
        check(row, reference, ours);
      } finally {
        rmSync(parent, { recursive: true, force: true });
      }
    });
}

function check(row: Row, reference: Outcome, ours: Outcome): void {
  const compared = ({ status, output, left }: Outcome) => ({ status, output, left });
  if (row.differs !== undefined) {
    assert.notDeepEqual(compared(ours), compared(reference), "it is the same by now: say so");
    return;
  }
  assert.deepEqual(
    compared(ours),
    compared(reference),
    `runc said: ${reference.stderr}\ntvisor said: ${ours.stderr}`,
  );
}

async function runRow(row: Row, runtime: string, parent: string): Promise<Outcome> {
  // The same path for both: it may be printed.
  const directory = join(parent, "bundle");
  const config = plainConfig(row.args ?? ["sh", "-c", row.script ?? "true"]);
  mkdirSync(directory);
  row.config?.(config, directory);
  makeBundle(directory, config);
  row.prepare?.(directory);
  const id = `parity-${process.pid}`;
  const prefix = [runtime, "--root", join(parent, "state")];
  const command =
    row.flow === undefined ? [...prefix, "run", "-b", directory, id] : ["sh", "-c", row.flow];
  const result: RunResult = await run(command, {
    cwd: directory,
    timeoutMs: LIMIT_MS,
    env: { PATH: process.env["PATH"], RT: prefix.join(" "), ID: id, TZ: "UTC" },
  });
  const left = row.left?.(directory) ?? "";
  await run([...prefix, "delete", "--force", id], { cwd: parent, timeoutMs: LIMIT_MS });
  rmSync(directory, { recursive: true, force: true });
  const show = row.show ?? ((output: string) => output);
  return { status: result.status, output: show(result.stdout), left, stderr: result.stderr };
}
