/**
 * Measures whole programs on Linux and under tvisor in turns, and prints the ratio: `npm run bench`.
 * Runs alternate, so that a slow minute of the machine is shared. The fastest run of each side counts:
 * all noise makes a run slower, none makes it faster.
 * `npm run bench -- NAME` measures only the rows whose name contains NAME.
 */
import { launcher } from "../compare.ts";
import { missing } from "../e2e/harness.ts";
import { run } from "../process.ts";

const ROUNDS = 10;
const TIME_LIMIT_MS = 120_000;

interface Row {
  name: string;
  command: string[];
  packages?: string[];
}

const rows: Row[] = [
  { name: "true", command: ["true"] },
  {
    name: "200 forks in bash",
    command: ["bash", "-c", "for ((i = 0; i < 200; i++)); do (:); done"],
  },
  { name: "python3 -c pass", command: ["python3", "-c", "pass"], packages: ["python3"] },
  {
    name: "gcc one file",
    command: ["sh", "-c", "echo 'int main(void) { return 0; }' | cc -x c - -o /tmp/bench.out"],
    packages: ["gcc", "libc6-dev"],
  },
];

async function fastest(command: string[], best: number): Promise<number> {
  const { status, ending, stderr, durationMs } = await run(command, {
    cwd: "/tmp",
    timeoutMs: TIME_LIMIT_MS,
  });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${ending}\n${stderr}`);
  return Math.min(best, durationMs);
}

const filter = process.argv[2] ?? "";
console.log("work                    linux ms  tvisor ms   ratio");
for (const { name, command, packages = [] } of rows.filter((row) => row.name.includes(filter))) {
  const absent = missing(packages);
  if (absent) {
    console.log(`${name.padEnd(22)}  not measured: ${absent}`);
    continue;
  }
  let [native, tvisor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    native = await fastest(command, native);
    tvisor = await fastest([launcher(), "do", "--", ...command], tvisor);
  }
  const cells = [native.toFixed(1).padStart(8), tvisor.toFixed(1).padStart(9)];
  console.log(
    `${name.padEnd(22)}  ${cells.join("  ")}  ${(tvisor / native).toFixed(2).padStart(6)}`,
  );
}
