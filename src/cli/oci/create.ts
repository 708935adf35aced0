/**
 * \`tvisor create\`: a container from a bundle; its program waits for \`tvisor start\`.
 */
import type { Command } from "./commands.ts";
import { CREATE_FLAGS, CREATE_SHORT, makeContainer } from "./make.ts";

export const command: Command = {
  flags: CREATE_FLAGS,
  short: CREATE_SHORT,
  words: [1, 1],
  failure: "tvisor create failed: ",
  usage: `create [OPTIONS] ID

Makes a container from a bundle: a directory with config.json and a root file system. Its program
runs when \`tvisor start ID\` says so.

Options:
  -b, --bundle DIR        the bundle (default: where you are)
  --console-socket PATH   socket that gets the terminal, for a config that asks for one
  --pid-file FILE         where to write the number of the sandbox's process
  --preserve-fds N        give the program N descriptors besides its streams, from 3 on
  --no-pivot, --no-new-keyring   accepted: neither means anything here
`,
  run(context, flags) {
    makeContainer(context, flags.words[0]!, flags, { detaches: true });
    return 0;
  },
};
