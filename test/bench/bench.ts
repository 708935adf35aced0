/** Measures Linux, tvisor and, where it is installed, gVisor's runsc, in turns: `npm run bench -- --help`. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureRow } from "./harness.ts";
import { writePage } from "./page.ts";
import { emptyResults, hasFailed, readResults } from "./results.ts";
import { findSides, linux } from "./sides.ts";
import { markdown, textHeading, textRow } from "./tables.ts";
import { rows } from "./workloads/all.ts";

const USAGE = `Usage: npm run bench -- [OPTIONS] [WORD…]

Measures Linux, tvisor and, where it is installed, gVisor's runsc, in turns. WORDs take only rows
whose name or group contains one of them. All rows take half an hour on a machine that is idle.

Options:
  --list         name the rows, and measure nothing
  --rounds N     how often each row is measured (default: 7)
  --side NAME    only Linux and this side; may be repeated
  --json FILE    write the results, after each row
  --markdown     print tables instead of text
  --quick        one short round of each, to see that everything runs: its numbers mean nothing
  --report FILE  measure nothing: rewrite docs/performance.md and its chart from such a file

The exit status is 1 when something did not run.

Examples:
  npm run bench -- redis fork
  npm run bench -- --rounds 2 --json results.json && npm run bench -- --report results.json
`;

const OPTIONS = {
  help: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
  json: { type: "string" },
  report: { type: "string" },
  rounds: { type: "string", default: "7" },
  side: { type: "string", multiple: true },
} as const;

const { options, words } = parseCommandLine();

function parseCommandLine() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
    return { options: values, words: positionals };
  } catch (error) {
    console.error(`bench: ${(error as Error).message} See \`npm run bench -- --help\`.`);
    process.exit(1);
  }
}

const chosen = rows.filter(
  ({ name, group }) =>
    words.length === 0 || words.some((word) => name.includes(word) || group.includes(word)),
);

if (options.help) console.log(USAGE);
else if (options.report !== undefined) writePage(readResults(options.report));
else if (options.list) for (const { group, name } of chosen) console.log(`${group}: ${name}`);
else process.exitCode = await measureAll();

async function measureAll(): Promise<number> {
  const rounds = options.quick ? 1 : Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a number from 1 on");
  if (chosen.length === 0) throw new Error(`no row has ${words.join(" or ")} in its name`);
  const { sides, absent } = findSides();
  const asked = sides.filter(
    (side) => side === linux || (options.side?.includes(side.name) ?? true),
  );
  const results = emptyResults(
    asked.map(({ name }) => name),
    options.quick,
  );
  for (const sentence of absent) console.error(sentence);

  let group = "";
  if (!options.markdown) console.log(textHeading(results.sides));
  for (const row of chosen) {
    const result = await measureRow(row, { sides: asked, isQuick: options.quick, rounds });
    results.rows.push(result);
    if (!options.markdown) {
      if (row.group !== group) console.log(`\n${row.group}`);
      console.log(textRow(result, results.sides));
    }
    group = row.group;
    // After each row: a long run that is interrupted keeps what it has.
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  if (options.markdown) console.log(markdown(results));
  return hasFailed(results) ? 1 : 0;
}
