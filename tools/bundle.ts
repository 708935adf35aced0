/**
 * bundle: makes dist/cli/, what bin/tvisor runs: the program in one file, and an entry that starts it
 * with Node's compile cache. Loading two hundred modules and erasing their types costs a third of a
 * second; the bundle's code, cached, a few milliseconds.
 * In a checkout the entry falls back to the sources as soon as one of them is newer than the bundle,
 * so that nobody ever debugs yesterday's code. esbuild: what the field uses to bundle.
 */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/cli`;

const ENTRY = `// Made by tools/bundle.ts.
import { statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const sources = SOURCES;

function isStale() {
  try {
    const made = statSync(here + "tvisor.js").mtimeMs;
    return sources.some((name) => statSync(here + "../../src/" + name).mtimeMs > made);
  } catch {
    return false; // a release has no sources
  }
}

enableCompileCache(here + "cache");
await import(isStale() ? "../../src/cli/main.ts" : "./tvisor.js");
`;

mkdirSync(out, { recursive: true });
await build({
  entryPoints: [`${root}src/cli/main.ts`],
  outfile: `${out}/tvisor.next.js`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  // Function names stay, so that a report of a kernel bug can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: false,
  legalComments: "none",
  logLevel: "warning",
});
const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .sort();
writeFileSync(`${out}/main.next.js`, ENTRY.replace("SOURCES", JSON.stringify(sources)));
// Whoever starts tvisor meanwhile gets the old pair or the new one.
renameSync(`${out}/tvisor.next.js`, `${out}/tvisor.js`);
renameSync(`${out}/main.next.js`, `${out}/main.js`);
