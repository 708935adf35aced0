/**
 * dockerd: a Docker daemon of a test's own, with an image of the test's root, "box".
 *  - Started without netfilter (--iptables=false) and without a default bridge, which not every host
 *    allows.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRoot } from "./bundle.ts";
import { endDaemon, unmountBelow, until } from "./daemon.ts";
import { layerOf } from "./image.ts";

const UP_MS = 30_000;
const COMMAND_MS = 60_000;
const DAEMON = "/usr/sbin/dockerd";
const CLIENT = "/usr/bin/docker";

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Why there is none here; "" when there is. */
export function whyNoDocker(): string {
  if (process.geteuid!() !== 0) return "a Docker daemon needs root";
  if (!existsSync("/bin/busybox")) return "busybox-static is not installed";
  return existsSync(DAEMON) ? "" : "docker.io is not installed";
}

export class Dockerd {
  readonly socket: string;
  readonly #place: string;
  readonly #daemon: ChildProcess;

  /** All it has is below `place`, which is its own. Runtimes by their names; the first is the default. */
  static async start(
    place: string,
    runtimes: readonly (readonly [string, string])[],
  ): Promise<Dockerd> {
    const docker = new Dockerd(place, runtimes);
    await until("the Docker daemon", () => docker.run(["info"]).code === 0, UP_MS);
    const root = join(place, "root");
    makeRoot(root);
    writeFileSync(join(place, "root.tar"), layerOf(root));
    docker.ok("import", "-c", "ENV PATH=/bin", join(place, "root.tar"), "box");
    return docker;
  }

  private constructor(place: string, runtimes: readonly (readonly [string, string])[]) {
    this.#place = place;
    this.socket = `unix://${join(place, "docker.sock")}`;
    const log = openSync(join(place, "dockerd.log"), "a");
    const added = runtimes.filter(([name]) => name !== "runc");
    const words = [
      ...["--iptables=false", "--ip6tables=false", "--bridge=none"],
      ...["--data-root", join(place, "data"), "--exec-root", join(place, "exec")],
      ...["--pidfile", join(place, "docker.pid"), "-H", this.socket],
      ...added.flatMap(([name, path]) => ["--add-runtime", `${name}=${path}`]),
      `--default-runtime=${runtimes[0]![0]}`,
    ];
    this.#daemon = spawn(DAEMON, words, { stdio: ["ignore", log, log] });
  }

  /** The words of a client. */
  command(...words: string[]): [string, string[]] {
    return [CLIENT, ["-H", this.socket, ...words]];
  }

  run(words: string[], input = ""): Outcome {
    const options = { input, encoding: "utf8", timeout: COMMAND_MS } as const;
    const result = spawnSync(...this.command(...words), options);
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** Standard output of a command that must succeed. */
  ok(...words: string[]): string {
    const { code, stdout, stderr } = this.run(words);
    assert.equal(code, 0, `docker ${words.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** With everything that was made by it. */
  async end(): Promise<void> {
    const left = this.run(["ps", "-aq"]).stdout.split("\n").filter(Boolean);
    if (left.length > 0) this.run(["rm", "-f", ...left]);
    await endDaemon(this.#daemon);
    // It leaves network namespaces mounted.
    unmountBelow(this.#place);
    rmSync(this.#place, { recursive: true, force: true });
  }
}
