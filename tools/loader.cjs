// Becomes dist/cli/main.cjs: starts the bundled program with its compiled code. See tools/bundle.ts.
"use strict";

const { openSync, readFileSync, statSync, writeSync } = require("node:fs");
const { pathToFileURL } = require("node:url");
const { Script } = require("node:vm");

/** A program and its cache begin with this many equal bytes. A multiple of 8: V8 reads words. */
const STAMP_LENGTH = 32;
const programOf = (name) => `${__dirname}/${name}.js`;
const sources = require("./sources.json");

/** kernel.js, once: more than one command may be asked of it. */
let kernel;
const loadKernel = () => (kernel ??= load("kernel"));

/** In a checkout: was a source edited since? A release has no sources. */
function isStale() {
  try {
    const made = statSync(programOf("tvisor")).mtimeMs;
    return sources.some((name) => statSync(`${__dirname}/../../src/${name}`).mtimeMs > made);
  } catch {
    return false;
  }
}

/** What a container's sandbox runs of the kernel's file is not what `do` runs: each has code of its own. */
const cacheOf = (name) => (name === "kernel" && process.argv[2] === "boot" ? "boot" : name);

/** For `--timing`; see src/sentry/timing.ts. */
const isTimed = process.argv.slice(0, process.argv.indexOf("--")).includes("--timing");
const mark = (step) => isTimed && performance.mark(step);

/** Run dist/cli/NAME.js; what it exports. */
function load(name) {
  const program = programOf(name);
  const source = readFileSync(program, "latin1");
  mark(`${name} read`);
  const { TVISOR_MAKE_CACHE: made } = process.env;
  const cache = cacheOf(name);
  const cachedData = made ? undefined : readCache(cache, source);
  const script = new Script(source, { filename: program, cachedData });
  // What V8 has read is not kept until some collection.
  cachedData?.buffer.transfer(0);
  const isKept = cachedData !== undefined && !script.cachedDataRejected;
  mark(`${name} ${isKept ? "loaded as compiled code" : "compiled, for want of kept code"}`);
  if (made === cache) saveAtEnd(script, source, `${__dirname}/${cache}.cache.next`);
  const module = { exports: {} };
  const url = pathToFileURL(program).href;
  script.runInThisContext()(require, module, module.exports, url, loadKernel);
  return module.exports;
}

function readCache(name, source) {
  try {
    const bytes = readFileSync(`${__dirname}/${name}.cache`);
    const isOurs = bytes.latin1Slice(0, STAMP_LENGTH) === source.slice(0, STAMP_LENGTH);
    return isOurs ? bytes.subarray(STAMP_LENGTH) : undefined;
  } catch {
    return undefined; // slower, and nothing else
  }
}

/** For tools/bundle.sh. A file that is open already can be written from behind the lock-down. */
function saveAtEnd(script, source, path) {
  const file = openSync(path, "w");
  process.on("exit", () => {
    const bytes = script.createCachedData();
    writeSync(file, Buffer.concat([Buffer.from(source.slice(0, STAMP_LENGTH), "latin1"), bytes]));
  });
}

mark("loader");
if (isStale()) import("../../src/cli/main.ts");
else {
  mark("sources looked at");
  load("tvisor");
}
