/**
 * daemon: what tests of engines share: waiting for a daemon of theirs, ending it, and taking away what it
 * leaves mounted.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as nap } from "node:timers/promises";

/** Wait until something holds, `mostMs` at most; `what` has not come if it does not. */
export async function until(what: string, holds: () => boolean, mostMs: number): Promise<void> {
  for (let waited = 0; !holds(); waited += 100) {
    assert.ok(waited < mostMs, `${what} did not come`);
    await nap(100);
  }
}

export async function endDaemon(daemon: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGTERM");
  await ended;
}

/** Whatever is mounted on or below `directory`, the innermost first. */
export function unmountBelow(directory: string): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const places = mounts.map((line) => line.split(" ")[1] ?? "");
  for (const each of places.filter((at) => at.startsWith(directory)).reverse())
    spawnSync("umount", ["-l", each]);
}
