/**
 * What the tests of the walls share: compile an attacking program, run it under bin/tvisor, and look
 * from outside at what is on the host. Every process of a sandbox but the kernel is in the session that
 * its warden began, which none of them can leave: that is how survivors are found.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compile } from "../compile.ts";

const HERE = import.meta.dirname;
const TVISOR = join(HERE, "../../bin/tvisor");
const STUB = join(HERE, "../../native/stub");

/** Path of the compiled program. */
export function attack(name: string): Promise<string> {
  return compile({
    source: join(HERE, `${name}.c`),
    buildDirectory: join(HERE, ".build"),
    flags: ["-static", "-pthread", `-I${STUB}`],
    headers: [join(HERE, "attack.h"), ...globSync(join(STUB, "*.h"))],
  });
}

/** Runs "$@" beside a shell that keeps forking, kills it, and says whether all this went well. */
export const BESIDE = `"$@" & victim=$!
i=0; while [ $i -lt 15 ]; do /bin/true || exit 9; i=$((i+1)); sleep 0.02; done
kill -9 $victim 2>/dev/null; wait $victim; echo "sibling fine"`;

export interface HostProcess {
  pid: number;
  comm: string;
  state: string;
  parent: number;
  session: number;
}

/** Every process of the machine that this one may see. */
export function processes(): HostProcess[] {
  const found: HostProcess[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const end = stat.lastIndexOf(")");
      const [state, parent, , session] = stat.slice(end + 2).split(" ");
      found.push({
        pid: Number(name),
        comm: stat.slice(stat.indexOf("(") + 1, end),
        state,
        parent: Number(parent),
        session: Number(session),
      });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Processor time of a process so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export class Sandbox {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stdout = "";
  stderr = "";

  constructor(command: string[], options: { args?: string[]; env?: Record<string, string> } = {}) {
    const args = ["do", ...(options.args ?? []), "--", ...command];
    this.child = spawn(TVISOR, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    this.child.stdout!.on("data", (data) => (this.stdout += data));
    this.child.stderr!.on("data", (data) => (this.stderr += data));
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => resolve({ code, signal }));
    });
  }

  /** The kernel process. */
  get pid(): number {
    return this.child.pid!;
  }

  get warden(): HostProcess | undefined {
    return processes().find((each) => each.comm === "tvisor-warden" && each.parent === this.pid);
  }

  /** The end, or death by this test's impatience. */
  async end(timeoutMs: number): Promise<number> {
    const limit = setTimeout(() => this.child.kill("SIGKILL"), timeoutMs);
    const { code, signal } = await this.ended;
    clearTimeout(limit);
    return code ?? (signal === "SIGKILL" ? 137 : 255);
  }

  async until(text: string, timeoutMs = 8000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!this.stdout.includes(text)) {
      if (Date.now() > end || this.child.exitCode !== null)
        throw new Error(`"${text}" did not come; stdout: ${this.stdout}; stderr: ${this.stderr}`);
      await sleep(5);
    }
  }
}

/** Members of the session that are left after `graceMs`. */
export async function survivors(session: number, graceMs = 2000): Promise<HostProcess[]> {
  const end = Date.now() + graceMs;
  for (;;) {
    const left = processes().filter((each) => each.session === session && each.state !== "Z");
    if (left.length === 0 || Date.now() > end) return left;
    await sleep(10);
  }
}
