/**
 * A running sandbox holds still and goes on: freeze() stops every guest thread, thaw() resumes them.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";

const COUNTER = `
volatile unsigned long shared[2];
int main(void) {
  while (!shared[1]) shared[0]++;
  return 7;
}`;

test("kernel: freeze() stops a spinning guest, thaw() lets it go on to its end", () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), "tvisor-freeze-"));
  try {
    const [source, program] = [path.join(dir, "counter.c"), path.join(dir, "counter")];
    writeFileSync(source, COUNTER);
    execFileSync("cc", ["-O1", "-static", "-no-pie", "-o", program, source]);
    const symbols = execFileSync("nm", [program], { encoding: "latin1" });
    const address = `0x${/^([0-9a-f]+) \w shared$/m.exec(symbols)![1]}`;
    const child = path.join(import.meta.dirname, "freeze-child.ts");
    const said = execFileSync(process.execPath, ["--no-warnings", child, program, address], {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(
      said,
      "counts: true\nquiet: true\nstill: true\ngoes on: true\nends: true\nstatus: 1792\n",
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});
