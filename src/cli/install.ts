/**
 * `tvisor install` and `tvisor uninstall`: tells Docker, containerd and podman of this runtime, and
 * takes it back. Doing either twice changes nothing; what others wrote in the files stays as it is.
 *  - Every file is read and its new text made before the first is written: what cannot be done for one
 *    engine is done for none.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  changeContainerd,
  changeDocker,
  changePodman,
  InstallError,
  type Plan,
} from "./engine-files.ts";
import { print, printError } from "./print.ts";

export const USAGE = `Usage: tvisor install [OPTIONS] [-- RUNTIME-OPTION…]
       tvisor uninstall [OPTIONS]

Makes tvisor a runtime of the container engines of this machine: those whose configuration directory
there is, or those whose file is named. Restart the engine afterwards.

Options:
  --runtime NAME             what engines shall call it (default: tvisor)
  --docker-config FILE       Docker's daemon.json (default: /etc/docker/daemon.json)
  --containerd-config FILE   containerd's config.toml (default: /etc/containerd/config.toml)
  --podman-config FILE       a file for podman (default: /etc/containers/containers.conf.d/NAME.conf)
  --dry-run                  say what would be done, and do nothing

Options of the runtime itself, after \`--\`, go to Docker, the one engine whose configuration has a
place for them.

Example:
  tvisor install -- --debug-log=/var/log/tvisor.log && systemctl restart docker
  docker run --rm --runtime=tvisor debian uname -a
`;
const USAGE_ERROR = 128;
/** It is a bare key of TOML and part of a file's name. */
const NAME = /^[A-Za-z0-9_-]+$/;

interface Engine {
  readonly name: string;
  readonly file: string;
  /** What makes a running one read its configuration again. */
  readonly restart: string;
  change(text: string | null, plan: Plan): string | null;
}

interface Change {
  readonly engine: Engine;
  readonly before: string | null;
  readonly after: string | null;
}

type Values = Record<string, string | boolean | undefined>;

export function main(argv: string[], isRemoval: boolean): number {
  const cut = argv.indexOf("--");
  const options = cut < 0 ? [] : argv.slice(cut + 1);
  const command = isRemoval ? "uninstall" : "install";
  let values: Values;
  try {
    values = parse(cut < 0 ? argv : argv.slice(0, cut));
  } catch (error) {
    return complain(command, `${(error as Error).message}; see tvisor ${command} --help`);
  }
  if (values["help"] === true) {
    print(USAGE);
    return 0;
  }
  const name = String(values["runtime"]);
  if (!NAME.test(name))
    return complain(command, `--runtime ${name}: a name has letters, digits, _ and - only`);
  const program = fileURLToPath(new URL("../../bin/tvisor", import.meta.url));
  try {
    const changes = planned(chosen(values, name), { isRemoval, name, program, options });
    for (const change of changes) carryOut(change, values["dry-run"] === true);
    return 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof InstallError) && code === undefined) throw error;
    printError(`tvisor ${command}: ${explained(error as Error, code)}\n`);
    return 1;
  }
}

function parse(args: string[]): Values {
  return parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      runtime: { type: "string", default: "tvisor" },
      "docker-config": { type: "string" },
      "containerd-config": { type: "string" },
      "podman-config": { type: "string" },
      "dry-run": { type: "boolean" },
    },
  }).values;
}

function complain(command: string, message: string): number {
  printError(`tvisor ${command}: ${message}\n`);
  return USAGE_ERROR;
}

function explained({ message }: Error, code: string | undefined): string {
  return code === "EACCES" || code === "EPERM" || code === "EROFS"
    ? `${message}; the configuration of engines is root's: run this as root`
    : message;
}

/** The engines whose file is named, or else those that seem to be here. */
function chosen(values: Values, name: string): Engine[] {
  const engines = [
    {
      name: "docker",
      file: "/etc/docker/daemon.json",
      restart: "systemctl restart docker",
      change: changeDocker,
    },
    {
      name: "containerd",
      file: "/etc/containerd/config.toml",
      restart: "systemctl restart containerd",
      change: changeContainerd,
    },
    {
      name: "podman",
      file: `/etc/containers/containers.conf.d/${name}.conf`,
      restart: "",
      change: changePodman,
    },
  ];
  const said = engines.flatMap((engine) => {
    const file = values[`${engine.name}-config`];
    return typeof file === "string" ? [{ ...engine, file: resolve(file) }] : [];
  });
  if (said.length > 0) return said;
  const here = engines.filter(({ name: engine, file }) =>
    existsSync(engine === "podman" ? dirname(dirname(file)) : dirname(file)),
  );
  if (here.length === 0)
    throw new InstallError(
      "no container engine has its configuration here; name its file with --docker-config, " +
        "--containerd-config or --podman-config",
    );
  return here;
}

function planned(engines: readonly Engine[], plan: Plan): Change[] {
  return engines.map((engine) => {
    const before = existsSync(engine.file) ? readFileSync(engine.file, "utf8") : null;
    try {
      return { engine, before, after: engine.change(before, plan) };
    } catch (error) {
      if (!(error instanceof InstallError)) throw error;
      throw new InstallError(`${engine.file}: ${error.message}`);
    }
  });
}

function carryOut({ engine, before, after }: Change, isDry: boolean): void {
  const { name, file, restart } = engine;
  if (after === before) {
    print(`${name}: ${file} is right as it is\n`);
    return;
  }
  let done: string;
  if (after === null) done = isDry ? "would be removed" : "removed";
  else if (before === null) done = isDry ? "would be made" : "made";
  else done = isDry ? "would be changed" : "changed";
  if (!isDry) {
    if (after === null) rmSync(file);
    else replace(file, after);
  }
  const next = restart === "" || isDry ? "" : `; now: ${restart}`;
  print(`${name}: ${file} ${done}${next}\n`);
  if (isDry && after !== null) print(after.replace(/^(?=.)/gm, "  | "));
}

/** Whoever reads it meanwhile finds the old text or the new one. */
function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tvisor`, text, { mode: 0o644 });
  renameSync(`${file}.tvisor`, file);
}
