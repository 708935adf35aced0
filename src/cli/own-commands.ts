/**
 * own-commands: the commands that are not a container runtime's: what they do, and their help, which each
 * has in its own file.
 */

interface OwnCommand {
  readonly explanation: string;
  usage(): Promise<string>;
}

export const HELP_USAGE = `Usage: tvisor help [COMMAND]

Shows what tvisor can do, or what a command does and which options it has.

Example:
  tvisor help exec
`;
const VERSION_USAGE = `Usage: tvisor version

Shows the version of tvisor and of the OCI runtime specification, as runc --version does.
`;

/** Commands that are not a runtime's: what they do, and their help. */
export const OWN_COMMANDS: Readonly<Record<string, OwnCommand>> = {
  do: {
    explanation: "run a command on this machine's files, in a sandbox",
    usage: async () => (await import("./do.ts")).USAGE,
  },
  doctor: {
    explanation: "what this machine offers, what is missing and what that costs",
    usage: async () => (await import("./doctor.ts")).USAGE,
  },
  install: {
    explanation: "make it a runtime of Docker, containerd and podman",
    usage: async () => (await import("./install.ts")).USAGE,
  },
  uninstall: {
    explanation: "take back what install did",
    usage: async () => (await import("./install.ts")).USAGE,
  },
  completion: {
    explanation: "what a shell needs to complete command lines",
    usage: async () => (await import("./completion/usage.ts")).USAGE,
  },
  help: { explanation: "show what there is, or explain a command", usage: async () => HELP_USAGE },
  version: { explanation: "show the version", usage: async () => VERSION_USAGE },
};
