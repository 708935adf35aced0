/**
 * The host changes files while a sandbox runs: what the guest sees when it is told of it. The guest reads
 * commands, so that each look comes after the change that it must see.
 */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";
import { PROGRAM_PATH } from "./harness.ts";

const LIMIT_MS = 30_000;
const place = mkdtempSync(join(tmpdir(), "tvisor-changes-"));
chmodSync(place, 0o755);
after(() => rmSync(place, { recursive: true, force: true }));

/** A shell in a sandbox that has `directory` at /shared. */
class Guest {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(directory: string, mode: "rw" | "ro" = "rw") {
    const options = ["--volume", `${directory}:/shared:${mode}`, "--cwd", "/shared"];
    this.#child = spawn(launcher(), ["do", ...options, "--", "sh"], {
      env: { PATH: PROGRAM_PATH },
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** What `command` prints, its lines joined by "|". */
  async ask(command: string): Promise<string> {
    this.#child.stdin.write(`${command}\necho end\n`);
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      assert.ok(done !== true, `the guest ended at: ${command}`);
      if (value === "end") return lines.join("|");
      lines.push(value);
    }
  }

  end(): void {
    this.#child.stdin.end();
  }
}

function directory(name: string): string {
  const dir = join(place, name);
  mkdirSync(join(dir, "sub"), { recursive: true });
  writeFileSync(join(dir, "sub/file"), "first\n");
  return dir;
}

test("host changes: a volume shows each at once", async () => {
  const dir = directory("volume");
  const guest = new Guest(dir);
  for (let round = 0; round < 20; round++) {
    assert.equal(await guest.ask("test -e sub/new || echo absent; ls sub"), "absent|file");
    writeFileSync(join(dir, "sub/new"), `${round}\n`);
    assert.equal(await guest.ask("cat sub/new; ls sub"), `${round}|file|new`);
    appendFileSync(join(dir, "sub/new"), "more\n");
    assert.equal(await guest.ask("cat sub/new"), `${round}|more`);
    writeFileSync(join(dir, "replacement"), "replaced\n");
    renameSync(join(dir, "replacement"), join(dir, "sub/new"));
    assert.equal(await guest.ask("cat sub/new; wc -c < sub/new"), "replaced|9");
    rmSync(join(dir, "sub/new"));
  }
  assert.equal(await guest.ask("exec 3< sub/file; read a <&3; echo $a"), "first");
  rmSync(join(dir, "sub/file"));
  writeFileSync(join(dir, "sub/file"), "second\n");
  assert.equal(await guest.ask("cat /proc/self/fd/3; cat sub/file"), "first|second");
  guest.end();
});

test("host changes: the guest's and the host's meet in one directory", async () => {
  const dir = directory("both");
  const guest = new Guest(dir);
  assert.equal(await guest.ask("mkdir made; echo guest > made/guest; ls made"), "guest");
  writeFileSync(join(dir, "made/host"), "host\n");
  assert.equal(await guest.ask("cat made/*"), "guest|host");
  assert.equal(await guest.ask("rm made/host; mv made/guest made/moved; ls made"), "moved");
  assert.equal(existsSync(join(dir, "made/host")), false);
  assert.equal(readFileSync(join(dir, "made/moved"), "utf8"), "guest\n");
  writeFileSync(join(dir, "made/host"), "again\n");
  assert.equal(await guest.ask("cat made/host; ls made"), "again|host|moved");
  guest.end();
});

test("host changes: a read-only volume opens the file that has the name now", async () => {
  const dir = directory("read-only");
  const guest = new Guest(dir, "ro");
  assert.equal(await guest.ask("cat sub/file; ls sub"), "first|file");
  writeFileSync(join(dir, "fresh"), "second\n");
  renameSync(join(dir, "fresh"), join(dir, "sub/file"));
  writeFileSync(join(dir, "sub/late"), "late\n");
  assert.match(await guest.ask("cat sub/file"), /^(first|second)$/);
  // A second is what it may believe.
  assert.equal(
    await guest.ask("sleep 1.2; cat sub/file; cat sub/late; ls sub"),
    "second|late|file|late",
  );
  guest.end();
});
