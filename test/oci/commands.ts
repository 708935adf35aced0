/** commands: tvisor's commands about containers, as tests call them; and why some cannot have any. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { launcher } from "../compare.ts";

const LIMIT_MS = 30_000;

/** For `skip`: false where containers of busybox can be made. */
export const noContainers: string | false =
  process.geteuid!() === 0 && existsSync("/bin/busybox")
    ? false
    : "needs root, and busybox-static from test/packages.txt";

/** A container keeps the streams that it is given: for what starts one they must not be pipes. */
export type Tvisor = (words: string[], stdio?: "pipe" | "ignore") => SpawnSyncReturns<string>;

/** Commands that keep their containers below `state`. */
export function tvisorAt(state: string): Tvisor {
  return (words, stdio = "pipe") =>
    spawnSync(launcher(), ["--root", state, ...words], {
      encoding: "utf8",
      timeout: LIMIT_MS,
      stdio: ["ignore", stdio, stdio],
    });
}
