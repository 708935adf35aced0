/**
 * \`tvisor create\`: a container from a bundle; its program waits for \`tvisor start\`.
 */
import type { Command } from "./commands.ts";
import { CREATE_FLAGS, CREATE_OPTIONS, CREATE_SHORT, makeContainer } from "./make.ts";

export const command: Command = {
  flags: CREATE_FLAGS,
  short: CREATE_SHORT,
  words: [1, 1],
  failure: "tvisor create failed: ",
  usage: `create [OPTIONS] ID

Makes a container from a bundle: a directory with config.json and a root file system. Its program
runs when \`tvisor start ID\` says so.

Options:
${CREATE_OPTIONS}
Example:
  tvisor create --bundle /tmp/box web && tvisor start web
`,
  run(context, flags) {
    makeContainer(context, flags.words[0]!, flags, { detaches: true });
    return 0;
  },
};
