/** Help texts name every option that is accepted, and teach by examples; what is misspelt gets a suggestion. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { closest } from "./closest.ts";
import { optionsIn } from "./completion/tables.ts";
import { USAGE } from "./help.ts";
import { COMMANDS } from "./oci/commands.ts";
import { GLOBAL_FLAGS } from "./oci/global-flags.ts";
import { OWN_COMMANDS } from "./own-commands.ts";

const long = (usage: string) =>
  optionsIn(usage)
    .flatMap(({ names }) => names)
    .filter((name) => name.startsWith("--"))
    .map((name) => name.slice(2));

test("help: every option of a command is explained, and no other", async () => {
  for (const [name, load] of Object.entries(COMMANDS)) {
    const { command } = await load();
    assert.deepEqual(long(command.usage).sort(), Object.keys(command.flags).sort(), name);
  }
  assert.deepEqual(long(USAGE).sort(), [...Object.keys(GLOBAL_FLAGS), "help", "version"].sort());
});

test("help: short names are those that work, and an option takes a value where its help shows one", async () => {
  for (const [name, load] of Object.entries(COMMANDS)) {
    const { flags, short = {}, usage } = (await load()).command;
    for (const { names, value } of optionsIn(usage)) {
      const flag = names.at(-1)!.replace(/^-+/, "");
      for (const other of names.slice(0, -1)) assert.equal(short[other.slice(1)], flag, name);
      const takes = flags[flag] === "text" || flags[flag] === "list";
      assert.equal(value !== null, takes, `${name} --${flag}`);
    }
  }
});

test("help: each has an example", async () => {
  const own = await Promise.all(Object.values(OWN_COMMANDS).map(({ usage }) => usage()));
  const runtime = await Promise.all(
    Object.values(COMMANDS).map(async (load) => (await load()).command.usage),
  );
  for (const usage of [USAGE, ...own, ...runtime])
    if (!usage.includes("tvisor version")) assert.match(usage, /^Examples?:\n {2}/m, usage);
});

test("help: what was meant", () => {
  const words = ["exec", "events", "delete", "logs", "list", "pause", "resume"];
  for (const [said, meant] of [
    ["exce", "exec"],
    ["dlete", "delete"],
    ["log", "logs"],
    ["paus", "pause"],
    ["resu", "resume"],
    ["x", null],
    ["frobnicate", null],
  ] as const)
    assert.equal(closest(said, words), meant, said);
});
