/**
 * \`tvisor spec\`: writes a config.json to begin with.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { defaultSpec, rootlessSpec } from "../../oci/default-spec.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";

export const command: Command = {
  flags: { bundle: "text", rootless: "truth", cwd: "text", netns: "text" },
  short: { b: "bundle" },
  words: [0, 100],
  usage: `spec [OPTIONS] [-- ARG…]

Writes config.json for a shell, or for the program ARG….

Options:
  -b, --bundle DIR   where to (default: where you are)
  --cwd DIR          where the program starts
  --netns PATH       the network namespace that it is to join
  --rootless         for a user who is not root: he is root in a user namespace of his own

Example:
  tvisor spec --bundle /tmp/box -- /bin/echo hello
`,
  run(_context, flags) {
    const path = join(flags.text("bundle") || process.cwd(), "config.json");
    if (existsSync(path)) throw new CommandError("File config.json exists. Remove it first");
    const spec = defaultSpec({
      args: flags.words.length > 0 ? flags.words : ["sh"],
      cwd: flags.text("cwd") || "/",
      networkNamespace: flags.text("netns"),
    });
    const written = flags.is("rootless")
      ? rootlessSpec(spec, process.geteuid!(), process.getegid!())
      : spec;
    writeFileSync(path, `${JSON.stringify(written, null, "\t")}\n`, { mode: 0o666 });
    return 0;
  },
};
