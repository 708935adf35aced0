/**
 * annotations: options that a config.json says for its own container: `org.tvisor.flag.NAME` is the option
 * --NAME before the command. Whoever writes a config may not be who runs the machine:
 *  - What weakens nothing is taken. Anything else needs --allow-flag-override; without it the container
 *    is refused, with the option to say.
 *  - Options about the command line itself (--root, --log, …) are never the config's.
 */
import type { Spec } from "../../oci/spec.ts";
import { CommandError } from "./context.ts";
import { FlagError } from "./flags.ts";
import { type Globals, withFlags } from "./globals.ts";

export const FLAG_PREFIX = "org.tvisor.flag.";

/** Values that weaken nothing; null for any. */
const HARMLESS: Readonly<Record<string, RegExp | null>> = {
  debug: null,
  "debug-command": null,
  strace: null,
  "strace-syscalls": null,
  "strace-log-size": null,
  network: /^none$/,
  "net-raw": /^false$/,
  // In memory it is the container's own limit that holds; a directory would be the host's.
  overlay2: /^(root|all):(memory|self)(,size=\w+)?$/,
  overlay: /^true$/,
  "file-access": /^(default|shared)$/,
  "file-access-mounts": /^(default|shared)$/,
  "host-uds": /^none$/,
  "allow-suid": /^false$/,
  "oci-seccomp": /^true$/,
};
/** Those that may be said when somebody allows it. */
const ALLOWED: readonly string[] = [...Object.keys(HARMLESS), "fdlimit"];

/** `globals` as this container is to have them. */
export function globalsFor(globals: Globals, { annotations }: Spec): Globals {
  const said = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(FLAG_PREFIX));
  if (said.length === 0) return globals;
  const words = said.map(([name, value]) => {
    const flag = name.slice(FLAG_PREFIX.length);
    check(name, flag, value, globals.allowFlagOverride);
    return `--${flag}=${value}`;
  });
  try {
    return withFlags(globals, words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new CommandError(`annotations: ${error.message}`);
  }
}

function check(name: string, flag: string, value: string, isAllowed: boolean): void {
  if (!ALLOWED.includes(flag))
    throw new CommandError(`annotations["${name}"]: ${flag} is no option that a config may set`);
  if (isAllowed) return;
  const harmless = HARMLESS[flag];
  if (harmless === null || harmless?.test(value) === true) return;
  throw new CommandError(
    `annotations["${name}"]: "${value}" is for whoever runs this machine to say: with --${flag} itself, or by --allow-flag-override`,
  );
}
