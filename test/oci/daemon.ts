/**
 * daemon: what tests of engines share: waiting for a daemon of theirs, ending it, and taking away what it
 * leaves mounted.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as nap } from "node:timers/promises";

export const CONTAINERD = "/usr/bin/containerd";

/** Wait until something holds, `mostMs` at most; `what` has not come if it does not. */
export async function until(what: string, holds: () => boolean, mostMs: number): Promise<void> {
  for (let waited = 0; !holds(); waited += 100) {
    assert.ok(waited < mostMs, `${what} did not come`);
    await nap(100);
  }
}

const WITHOUT_CRI = 'disabled_plugins = ["io.containerd.grpc.v1.cri"]';

/**
 * A containerd that has all it has below `place`, and listens at `address`. `cri`: tables that configure
 * its plugin of that name; "" is to do without it.
 */
export function startContainerd(place: string, address: string, cri = ""): ChildProcess {
  const config = join(place, "containerd.toml");
  writeFileSync(
    config,
    `version = 2
root = "${place}/containerd"
state = "${place}/state"
${cri === "" ? WITHOUT_CRI : ""}
[grpc]
  address = "${address}"
[ttrpc]
  address = "${address}.ttrpc"
${cri}`,
  );
  const log = openSync(join(place, "containerd.log"), "a");
  return spawn(CONTAINERD, ["-c", config], { stdio: ["ignore", log, log] });
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
