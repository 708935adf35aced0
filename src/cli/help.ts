/**
 * \`tvisor help\` and \`tvisor version\`.
 */
import { OCI_VERSION } from "../oci/state.ts";
import { closest } from "./closest.ts";
import { COMMANDS } from "./oci/commands.ts";
import { HELP_USAGE, OWN_COMMANDS } from "./own-commands.ts";
import { print, printError } from "./print.ts";

export const VERSION = "0.1.0";
/** As failures of tvisor's own. */
export const EXIT_USAGE = 128;

export const USAGE = `tvisor: run Linux programs on a kernel of their own

Usage: tvisor [OPTIONS] COMMAND [ARGUMENTS]

Commands:
  do [OPTIONS] -- CMD [ARG…]   run a command on this machine's files, in a sandbox
  doctor [--json]              what this machine offers, what is missing and what that costs
  install, uninstall           make it a runtime of Docker, containerd and podman, or take that back
  completion bash|zsh|fish     what a shell needs to complete command lines
  help [COMMAND]               show this text, or that of a command
  version                      show the version

Commands of a container runtime (github.com/opencontainers/runtime-spec):
  create, start, run           make a container from a bundle and start its program
  exec                         run a process more in it
  state, list, ps, events      what there is, and what it uses
  kill, pause, resume, update  signals, holding still, limits
  wait, delete                 its end
  debug                        stacks of what runs, and its system calls as they are made
  logs                         what tvisor wrote about a container
  spec, features               a config.json to begin with; what is supported

Options before the command:
  --root DIR                   where containers are kept (default: /run/tvisor)
  --log FILE                   where messages of commands go (default: standard error)
  --log-format text|json|json-k8s
                               how they are written
  --debug                      more of them, from commands and sandboxes
  --debug-command LIST         only from these commands; boot is a sandbox, !NAME all but that
  --debug-log FILE             where the sandbox writes, and commands too: %ID%, %COMMAND% and
                               %TIMESTAMP% stand for what they say, DIR/ for a file each in DIR
  --debug-log-format text|json|json-k8s
                               how that is written
  --alsologtostderr            messages go to standard error as well
  --strace                     show system calls in the sandbox's log
  --strace-syscalls LIST       only these: openat,read
  --strace-log-size N          bytes of data that are shown of each (default: 32)
  --network sandbox|host|none  whose network; sandbox (default): what config.json says
  --net-raw                    raw sockets as config.json says (default); =false: none
  --overlay2 WHERE:WHAT        keep what is written apart from the host: root or all (bind mounts
                               too), in memory, self (unnamed files in the root) or dir=/PATH,
                               and ,size=N for a limit; none (default): it is the host's
  --overlay                    as --overlay2 all:memory
  --file-access exclusive|shared
                               may others change the root meanwhile? exclusive: never, shared: at
                               any time; by default they are seen within a second
  --file-access-mounts exclusive|shared
                               the same for bind mounts (default: shared)
  --host-uds none|open         open: a guest may connect to the host's unix sockets (streams and
                               packets) in its root and bind mounts; no files can be passed
  --allow-suid                 set-user-id programs work (default); =false: not in the root
  --oci-seccomp                the config's seccomp profile is in force (default); =false: not
  --systemd-cgroup             systemd makes the control groups
  --ignore-cgroups             make no control groups
  --rootless                   true, false or auto: tvisor finds out by itself, and accepts it
  --fdlimit N                  most descriptors that a sandbox has of the host
  --allow-flag-override        config.json may say any of these from --debug to --fdlimit, as the
                               annotation org.tvisor.flag.NAME; without it, what weakens nothing
  --platform NAME              systrap is what there is; another is refused
  --directfs                   accepted: there is no process between files and kernel
  --criu FILE                  accepted: there are no checkpoints
  -h, --help                   show this text
  -v, --version                show the version

Examples:
  tvisor do -- bash -c 'uname -a'
  tvisor --debug --debug-log /var/log/tvisor/ run --bundle /tmp/box web
  tvisor --overlay2 root:memory,size=1g run web

\`tvisor COMMAND --help\` and \`tvisor help COMMAND\` explain a command and its options.
`;

export function showVersion(): number {
  print(`tvisor version ${VERSION}\nspec: ${OCI_VERSION}\n`);
  return 0;
}

/** What `tvisor help` and its words show. */
export async function showHelp(words: readonly string[]): Promise<number> {
  const [name] = words;
  if (name === undefined) {
    print(USAGE);
    return 0;
  }
  if (name.startsWith("-")) {
    print(HELP_USAGE);
    return 0;
  }
  if (Object.hasOwn(OWN_COMMANDS, name)) print(await OWN_COMMANDS[name]!.usage());
  else if (Object.hasOwn(COMMANDS, name))
    print(`Usage: tvisor ${(await COMMANDS[name]!()).command.usage}`);
  else return complainOfCommand(name);
  return 0;
}

export function complainOfCommand(name: string): number {
  const meant = closest(name, [...Object.keys(OWN_COMMANDS), ...Object.keys(COMMANDS)]);
  const hint = meant === null ? "" : ` Did you mean "${meant}"?`;
  printError(`tvisor: there is no command "${name}".${hint} \`tvisor help\` lists the commands.\n`);
  return EXIT_USAGE;
}

export async function main(argv: readonly string[]): Promise<number> {
  const [command, ...words] = argv;
  if (command === undefined) {
    printError(USAGE);
    return EXIT_USAGE;
  }
  if (command === "version" && words.length === 0) return showVersion();
  if (command === "version") return showHelp(["version"]);
  return showHelp(words);
}
