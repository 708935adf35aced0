/**
 * Podman: a podman of the test's own (storage, state, locks, events below one directory) that runs
 * containers on one runtime, with an image "box" of the test's root.
 *  - close() leaves no container, mount or control group of it.
 */
import assert from "node:assert/strict";
import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { groupsNamed, removeGroup } from "./cgroups.ts";
import { unmountBelow } from "./daemon.ts";

const PROGRAM = "/usr/bin/podman";
const COMMAND_MS = 60_000;
/** Where podman's cgroupfs manager puts containers. */
const CGROUP_PARENT = "libpod_parent";

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** What every container of the test gets: no network, and limits that a runtime may set anywhere. */
const CONF = `[containers]
netns = "none"
default_ulimits = ["nofile=512:1024", "nproc=2048:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime_supports_json = ["runc", "tvisor"]
`;

/** Why there can be no podman of root's here. */
export function whyNoPodman(): string | false {
  if (process.geteuid!() !== 0) return "podman's containers of root need root";
  if (!existsSync("/bin/busybox")) return "busybox-static is not installed";
  return existsSync(PROGRAM) ? false : "podman is not installed";
}

export class Podman {
  readonly place: string;
  readonly #global: string[];
  readonly #options: SpawnSyncOptionsWithStringEncoding;
  readonly #groupsBefore = new Set(groupsNamed(CGROUP_PARENT));

  /** `user` 0 is root; another one runs podman as itself, in a user namespace. */
  constructor(place: string, runtime: string, user = 0) {
    this.place = place;
    mkdirSync(join(place, "home"), { recursive: true });
    mkdirSync(join(place, "tmp"), { recursive: true });
    const conf = join(place, "containers.conf");
    writeFileSync(conf, CONF);
    this.#global = [
      ["--root", join(place, "storage")],
      ["--runroot", join(place, "run")],
      ["--tmpdir", join(place, "state")],
      ["--storage-driver", "vfs"],
      ["--runtime", runtime],
    ].flat();
    this.#options = {
      encoding: "utf8",
      timeout: COMMAND_MS,
      cwd: place,
      env: {
        PATH: process.env["PATH"],
        HOME: join(place, "home"),
        XDG_RUNTIME_DIR: join(place, "tmp"),
        TMPDIR: join(place, "tmp"),
        CONTAINERS_CONF: conf,
      },
      ...(user === 0 ? {} : { uid: user, gid: user }),
    };
    if (user !== 0) {
      const owned = spawnSync("chown", ["-R", `${user}:${user}`, place]);
      assert.equal(owned.status, 0);
      chmodSync(join(place, "tmp"), 0o700);
    }
  }

  call(words: string[], input = ""): Outcome {
    return this.under([], words, input);
  }

  /** At a terminal. */
  typed(...words: string[]): Outcome {
    const line = [PROGRAM, ...this.#global, ...words].map((word) => `'${word}'`).join(" ");
    return this.#spawn(["script", "-qec", line, "/dev/null"], "");
  }

  /** Started by another program. */
  under(starter: string[], words: string[], input = ""): Outcome {
    return this.#spawn([...starter, PROGRAM, ...this.#global, ...words], input);
  }

  #spawn([program, ...others]: string[], input: string): Outcome {
    const { status, stdout, stderr } = spawnSync(program!, others, { ...this.#options, input });
    return { code: status, out: stdout, err: stderr };
  }

  /** Standard output of what must succeed. */
  ok(...words: string[]): string {
    const { code, out, err } = this.call(words);
    assert.equal(code, 0, `podman ${words.join(" ")}: ${err}`);
    return out;
  }

  /** Waits until a command says something. */
  until(pattern: RegExp, ...words: string[]): void {
    for (let turn = 0; turn < 100; turn++) {
      const { out } = this.call(words);
      if (pattern.test(out)) return;
      spawnSync("sleep", ["0.1"]);
    }
    assert.fail(`podman ${words.join(" ")} never said ${pattern}`);
  }

  close(): void {
    if (!existsSync(this.place)) return;
    this.call(["pod", "rm", "--all", "--force", "-t", "0"]);
    this.call(["rm", "--all", "--force", "-t", "0"]);
    unmountBelow(`${this.place}/`);
    rmSync(this.place, { recursive: true, force: true });
    for (const group of groupsNamed(CGROUP_PARENT))
      if (!this.#groupsBefore.has(group)) removeGroup(group);
  }
}
