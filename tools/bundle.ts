/**
 * bundle: makes dist/cli/, what bin/tvisor runs: the program in one file (tvisor.js), and a loader
 * (main.cjs) that starts it with the code that V8 compiled when it ran last time (tvisor.cache, made by
 * tools/bundle.sh). Loading three hundred modules and erasing their types costs a third of a second.
 *  - In a checkout the loader falls back to the sources as soon as one of them is newer than the
 *    bundle, so that nobody ever debugs yesterday's code.
 *  - V8 compares the length of a source with that of its cache, not the text: both begin with a stamp.
 * esbuild: what the field uses to bundle.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/cli`;
const STAMP_LENGTH = 32;

await build({
  entryPoints: [`${root}src/cli/main.ts`],
  outfile: `${out}/tvisor.next.js`,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node24",
  // One byte for each character: the loader reads it as latin1, and V8 keeps it so.
  charset: "ascii",
  // Function names stay, so that a report of a kernel bug can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: false,
  legalComments: "none",
  logLevel: "warning",
  define: { "import.meta.url": "moduleUrl" },
});
const program = `(function (require, module, exports, moduleUrl) {${readFileSync(`${out}/tvisor.next.js`, "latin1")}\n})`;
const hash = createHash("sha256").update(program).digest("hex");
const stamp = `// ${hash.slice(0, STAMP_LENGTH - 4)}\n`;
const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .sort();
const loader = readFileSync(`${root}tools/loader.cjs`, "utf8").replace(
  'require("./sources.json")',
  JSON.stringify(sources),
);

mkdirSync(out, { recursive: true });
writeFileSync(`${out}/tvisor.next.js`, stamp + program, "latin1");
writeFileSync(`${out}/main.next.cjs`, loader);
// Whoever starts tvisor meanwhile gets the old program or the new one; a cache of the other is not used.
renameSync(`${out}/tvisor.next.js`, `${out}/tvisor.js`);
renameSync(`${out}/main.next.cjs`, `${out}/main.cjs`);
// What earlier versions made.
for (const name of ["main.js", "cache"]) rmSync(`${out}/${name}`, { recursive: true, force: true });
