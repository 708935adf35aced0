/**
 * bundle: makes dist/cli/, what bin/tvisor runs: the program in two files, and a loader (main.cjs) that
 * starts them with the code that V8 compiled when they ran last time (*.cache, made by tools/bundle.sh).
 * Loading three hundred modules and erasing their types costs a third of a second.
 *  - tvisor.js is the command line; kernel.js has the commands that are a sandbox, which are ten times as
 *    much: who asks for a container's state does not pay for them.
 *  - A container's sandbox uses other parts of kernel.js than `do`: boot.cache is its code.
 *  - In a checkout the loader falls back to the sources as soon as one of them is newer than the
 *    bundle, so that nobody ever debugs yesterday's code.
 *  - V8 compares the length of a source with that of its cache, not the text: both begin with a stamp.
 * esbuild: what the field uses to bundle.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/cli`;
const STAMP_LENGTH = 32;

/** Commands that run a kernel; asked for by these names, with import(). */
const KERNEL_COMMANDS = ["do", "doctor", "boot"];

/** In the command line's file: each of them is what kernel.js exports by its name. */
const kernelElsewhere: Plugin = {
  name: "kernel-elsewhere",
  setup(build) {
    const names = new RegExp(`^\\./(${KERNEL_COMMANDS.join("|")})\\.ts$`);
    build.onResolve({ filter: names }, ({ path, resolveDir, kind }) =>
      kind === "dynamic-import" && resolveDir.endsWith("src/cli")
        ? { path: names.exec(path)![1]!, namespace: "kernel" }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "kernel" }, ({ path }) => ({
      contents: `module.exports = loadKernel()[${JSON.stringify(path)}];`,
    }));
  },
};

const common: BuildOptions = {
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
  write: false,
};

/** Build one file; where it lies until all are made. */
async function make(name: string, options: BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...common, ...options });
  const text = Buffer.from(outputFiles![0]!.contents).toString("latin1");
  const program = `(function (require, module, exports, moduleUrl, loadKernel) {${text}\n})`;
  const hash = createHash("sha256").update(program).digest("hex");
  const stamp = `// ${hash.slice(0, STAMP_LENGTH - 4)}\n`;
  writeFileSync(`${out}/${name}.next.js`, stamp + program, "latin1");
}

mkdirSync(out, { recursive: true });
await make("tvisor", { entryPoints: [`${root}src/cli/main.ts`], plugins: [kernelElsewhere] });
await make("kernel", {
  stdin: {
    contents: KERNEL_COMMANDS.map((name) => `export * as ${name} from "./${name}.ts";`).join("\n"),
    resolveDir: `${root}src/cli`,
  },
});
const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .sort();
const loader = readFileSync(`${root}tools/loader.cjs`, "utf8").replace(
  'require("./sources.json")',
  JSON.stringify(sources),
);

writeFileSync(`${out}/main.next.cjs`, loader);
// Whoever starts tvisor meanwhile gets the old program or the new one; a cache of the other is not used.
for (const name of ["kernel", "tvisor"]) renameSync(`${out}/${name}.next.js`, `${out}/${name}.js`);
renameSync(`${out}/main.next.cjs`, `${out}/main.cjs`);
// What earlier versions made.
for (const name of ["main.js", "cache"]) rmSync(`${out}/${name}`, { recursive: true, force: true });
