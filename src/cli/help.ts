/**
 * \`tvisor help\` and \`tvisor version\`.
 */
import { OCI_VERSION } from "../oci/state.ts";
import { print, printError } from "./print.ts";

export const VERSION = "0.1.0";
const EXIT_USAGE = 128;

export const USAGE = `tvisor: run Linux programs on a kernel of their own

Usage: tvisor [OPTIONS] COMMAND [ARGUMENTS]

Commands:
  do [OPTIONS] -- CMD [ARG…]   run a command on this machine's files, in a sandbox
  doctor [--json]              what this machine offers, what is missing and what that costs
  install, uninstall           make it a runtime of Docker, containerd and podman, or take that back
  completion bash              what bash needs to complete command lines
  help                         show this text
  version                      show the version

Commands of a container runtime (github.com/opencontainers/runtime-spec):
  create, start, run           make a container from a bundle and start its program
  exec                         run a process more in it
  state, list, ps, events      what there is, and what it uses
  kill, pause, resume, update  signals, holding still, limits
  wait, delete                 its end
  debug                        stacks of what runs, and its system calls as they are made
  spec, features               a config.json to begin with; what is supported

Options before the command:
  --root DIR                   where containers are kept (default /run/tvisor)
  --log FILE                   where messages go; --log-format text|json
  --debug, --debug-log FILE    more of them; the sandbox's own
  --network sandbox|host|none  whose network; the default is what config.json says
  --overlay2 root:memory       keep what a container writes in memory
  --strace                     show system calls in the debug log
  --systemd-cgroup             systemd makes the control groups

Example:
  tvisor do -- bash -c 'uname -a'

\`tvisor COMMAND --help\` explains a command and its options.
`;

export function showVersion(): number {
  print(`tvisor version ${VERSION}\nspec: ${OCI_VERSION}\n`);
  return 0;
}

export async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === "version") return showVersion();
  if (argv.length === 0) {
    printError(USAGE);
    return EXIT_USAGE;
  }
  print(USAGE);
  return 0;
}
