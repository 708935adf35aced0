/**
 * Measures Linux and tvisor in turns, and prints the ratio of the medians: `npm run bench`.
 *  - Single operations (micro.c) and whole programs; runs alternate, so that a slow minute of the
 *    machine is shared. Ratios mean something, absolute times do not.
 *  - `npm run bench -- NAME` measures only the rows whose name contains NAME; `--quick` does one round
 *    of each, to see that everything runs; `--markdown` prints the table for docs/performance.md.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { launcher } from "../compare.ts";
import { missing } from "../e2e/harness.ts";
import { run } from "../process.ts";

const TIME_LIMIT_MS = 120_000;
const quick = process.argv.includes("--quick");
const markdown = process.argv.includes("--markdown");
const ROUNDS = quick ? 1 : 7;

interface Program {
  name: string;
  command: string[];
  packages?: string[];
}

const programs: Program[] = [
  { name: "true", command: ["true"] },
  { name: "bash: 200 forks", command: ["bash", "-c", "for ((i = 0; i < 200; i++)); do (:); done"] },
  {
    name: "bash: 200 × /bin/true",
    command: ["bash", "-c", "for ((i = 0; i < 200; i++)); do /bin/true; done"],
  },
  {
    name: "/usr/bin/python3 -c pass",
    command: ["/usr/bin/python3", "-c", "pass"],
    packages: ["python3"],
  },
  {
    name: "python3: 10⁷ additions",
    command: ["/usr/bin/python3", "-c", "sum(i for i in range(10**7))"],
    packages: ["python3"],
  },
  { name: "node -e 0", command: [process.execPath, "-e", "0"] },
  { name: "find /usr/share", command: ["sh", "-c", "find /usr/share -type f | wc -l"] },
  { name: "tar /usr/include", command: ["sh", "-c", "tar cf - /usr/include 2>/dev/null | wc -c"] },
  { name: "ls -lR /usr/share/doc", command: ["sh", "-c", "ls -lR /usr/share/doc | wc -l"] },
  { name: "20 000 files: tar, untar, cp, rm", command: ["bash", "-c", MANY_FILES()] },
  {
    name: "gcc one file",
    command: ["sh", "-c", "echo 'int main(void) { return 0; }' | cc -x c - -o /tmp/bench.out"],
    packages: ["gcc", "libc6-dev"],
  },
  { name: "git init, 50 commits", command: ["bash", "-c", GIT()], packages: ["git"] },
  { name: "gzip 64 MB", command: ["sh", "-c", "head -c 64000000 /dev/zero | gzip | wc -c"] },
];

function MANY_FILES(): string {
  return [
    "d=$(mktemp -d) && cd $d && mkdir {1..200} && touch {1..200}/{1..100} && tar cf t.tar [0-9]*",
    "mkdir o && tar xf t.tar -C o && cp -r o c && rm -rf $d",
  ].join(" && ");
}

function GIT(): string {
  return [
    "d=$(mktemp -d) && cd $d && git init -q . && export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b",
    "export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b",
    "for ((i = 0; i < 50; i++)); do echo $i > f; git add f; git commit -qm $i; done; rm -rf $d",
  ].join("; ");
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function once(command: string[]) {
  const result = await run(command, { cwd: "/tmp", timeoutMs: TIME_LIMIT_MS });
  if (result.status !== 0)
    throw new Error(`${command.join(" ")}: ${result.ending}\n${result.stderr}`);
  return result;
}

const inTvisor = (command: string[]) => [launcher(), "do", "--", ...command];

function print(name: string, unit: string, native: number[], tvisor: number[]): void {
  const [a, b] = [median(native), median(tvisor)];
  const cells = [name, a.toFixed(2), b.toFixed(2), (b / a).toFixed(2)];
  if (markdown) console.log(`| ${cells[0]} (${unit}) | ${cells.slice(1).join(" | ")} |`);
  else
    console.log(
      `${`${name} (${unit})`.padEnd(28)} ${cells[1]!.padStart(10)} ${cells[2]!.padStart(10)} ${cells[3]!.padStart(7)}`,
    );
}

/** Compile micro.c statically; its path. */
async function buildMicro(): Promise<string> {
  const out = path.join(import.meta.dirname, ".build");
  mkdirSync(out, { recursive: true });
  const program = path.join(out, "micro");
  await once(["cc", "-O1", "-static", "-o", program, path.join(import.meta.dirname, "micro.c")]);
  return program;
}

async function measureMicro(filter: string): Promise<void> {
  const program = await buildMicro();
  const native = new Map<string, number[]>();
  const tvisor = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    collect((await once([program])).stdout, native);
    collect((await once(inTvisor([program]))).stdout, tvisor);
  }
  for (const [name, values] of native)
    if (name.includes(filter)) print(name, "µs", values, tvisor.get(name)!);
}

function collect(output: string, into: Map<string, number[]>): void {
  for (const line of output.trim().split("\n")) {
    const [name, value] = line.split(" ");
    const values = into.get(name!) ?? [];
    values.push(Number(value));
    into.set(name!, values);
  }
}

async function measureProgram({ name, command, packages = [] }: Program): Promise<void> {
  const absent = missing(packages);
  if (absent) return console.log(`${name.padEnd(28)} not measured: ${absent}`);
  const native: number[] = [];
  const tvisor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    native.push((await once(command)).durationMs);
    tvisor.push((await once(inTvisor(command))).durationMs);
  }
  print(name, "ms", native, tvisor);
}

const filter = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? "";
console.log(
  markdown
    ? "| work | Linux | tvisor | ratio |\n|---|---|---|---|"
    : `${"work".padEnd(28)} ${"linux".padStart(10)} ${"tvisor".padStart(10)} ${"ratio".padStart(7)}`,
);
await measureMicro(filter);
for (const program of programs) if (program.name.includes(filter)) await measureProgram(program);
