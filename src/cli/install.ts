/**
 * `tvisor install` and `tvisor uninstall`: tells Docker, containerd and podman of this runtime, and
 * takes it back. Doing either twice changes nothing; what others wrote in the files stays as it is.
 *  - Docker: an entry in daemon.json. podman: a file of its own. containerd: a marked part of
 *    config.toml, which nothing but this command touches.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `Usage: tvisor install [OPTIONS] [-- RUNTIME-OPTION…]
       tvisor uninstall [OPTIONS]

Makes tvisor a runtime of the container engines of this machine: those whose configuration directory
there is, or that are named. Restart the engine afterwards.

Options:
  --runtime NAME      what engines shall call it (default: tvisor)
  --docker FILE       Docker's daemon.json (default: /etc/docker/daemon.json)
  --containerd FILE   containerd's config.toml (default: /etc/containerd/config.toml)
  --podman FILE       a file for podman (default: /etc/containers/containers.conf.d/NAME.conf)

Example:
  tvisor install -- --debug-log=/var/log/tvisor.log && systemctl restart docker
  docker run --rm --runtime=tvisor debian uname -a
`;
const USAGE_ERROR = 128;

class InstallError extends Error {}

interface Plan {
  readonly isRemoval: boolean;
  readonly name: string;
  readonly program: string;
  /** Options of the runtime, for engines that can say them. */
  readonly options: readonly string[];
}

interface Engine {
  readonly name: string;
  readonly file: string;
  /** The file's new text, null for no file, or undefined when it is right as it is. */
  change(text: string | null, plan: Plan): string | null | undefined;
}

export function main(argv: string[], isRemoval: boolean): number {
  const cut = argv.indexOf("--");
  const options = cut < 0 ? [] : argv.slice(cut + 1);
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: cut < 0 ? argv : argv.slice(0, cut),
      options: {
        help: { type: "boolean", short: "h" },
        runtime: { type: "string", default: "tvisor" },
        docker: { type: "string" },
        containerd: { type: "string" },
        podman: { type: "string" },
      },
    }));
  } catch (error) {
    process.stderr.write(`tvisor install: ${(error as Error).message}\n`);
    return USAGE_ERROR;
  }
  if (values["help"] === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const name = String(values["runtime"]);
  const program = fileURLToPath(new URL("../../bin/tvisor", import.meta.url));
  const plan = { isRemoval, name, program, options };
  try {
    return apply(chosen(values, name), plan);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    process.stderr.write(`tvisor install: ${error.message}\n`);
    return 1;
  }
}

/** The engines that are named, or else those that seem to be here. */
function chosen(values: Record<string, string | boolean | undefined>, name: string): Engine[] {
  const engines: [string, string, Engine["change"]][] = [
    ["docker", "/etc/docker/daemon.json", changeDocker],
    ["containerd", "/etc/containerd/config.toml", changeContainerd],
    ["podman", `/etc/containers/containers.conf.d/${name}.conf`, changePodman],
  ];
  const isNamed = engines.some(([engine]) => values[engine] !== undefined);
  return engines.flatMap(([engine, usual, change]) => {
    const said = values[engine];
    if (isNamed && said === undefined) return [];
    const file = resolve(typeof said === "string" ? said : usual);
    const home = engine === "podman" ? dirname(dirname(file)) : dirname(file);
    if (!isNamed && !existsSync(home)) return [];
    return [{ name: engine, file, change }];
  });
}

function apply(engines: readonly Engine[], plan: Plan): number {
  if (engines.length === 0)
    throw new InstallError("no container engine was found: name its file with --docker, …");
  for (const { name, file, change } of engines) {
    const before = existsSync(file) ? readFileSync(file, "utf8") : null;
    const text = change(before, plan);
    if (text === undefined || text === before) {
      process.stdout.write(`${name}: ${file} is right as it is\n`);
      continue;
    }
    if (text === null) rmSync(file, { force: true });
    else replace(file, text);
    const done = plan.isRemoval ? "is no runtime any more" : "is a runtime now";
    process.stdout.write(`${name}: ${plan.name} ${done} (${file}); restart ${name}\n`);
  }
  return 0;
}

/** Whoever reads it meanwhile finds the old text or the new one. */
function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tvisor`, text, { mode: 0o644 });
  renameSync(`${file}.tvisor`, file);
}

function changeDocker(text: string | null, { isRemoval, name, program, options }: Plan) {
  let config: Record<string, unknown>;
  try {
    config = text === null || text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new InstallError(`Docker's configuration is not JSON: ${(error as Error).message}`);
  }
  const runtimes = { ...(config["runtimes"] as Record<string, unknown> | undefined) };
  const wanted = options.length > 0 ? { path: program, runtimeArgs: options } : { path: program };
  if (isRemoval) {
    if (runtimes[name] === undefined) return undefined;
    delete runtimes[name];
  } else {
    if (JSON.stringify(runtimes[name]) === JSON.stringify(wanted)) return undefined;
    runtimes[name] = wanted;
  }
  const { runtimes: _old, ...others } = config;
  const next = Object.keys(runtimes).length > 0 ? { ...others, runtimes } : others;
  return `${JSON.stringify(next, null, 2)}\n`;
}

function changeContainerd(text: string | null, { isRemoval, name, program }: Plan) {
  const [begin, end] = [`# ${name}: begin, by tvisor install\n`, `# ${name}: end\n`];
  const before = text ?? "version = 2\n";
  const [head, rest] = splitOnce(before, begin);
  const kept = rest === null ? before : head + (splitOnce(rest, end)[1] ?? "");
  if (isRemoval) return rest === null ? undefined : kept;
  if (!/^version\s*=\s*[23]/m.test(kept))
    throw new InstallError("containerd's configuration is not of version 2 or 3");
  const plugin = /^version\s*=\s*3/m.test(kept)
    ? `[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.${name}`
    : `[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${name}`;
  const body =
    `${plugin}]\n  runtime_type = "io.containerd.runc.v2"\n` +
    `${plugin}.options]\n  BinaryName = ${JSON.stringify(program)}\n`;
  return `${kept.replace(/\n*$/, "\n")}${begin}${body}${end}`;
}

function splitOnce(text: string, mark: string): [string, string | null] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + mark.length)];
}

function changePodman(text: string | null, { isRemoval, name, program }: Plan) {
  if (isRemoval) return text === null ? undefined : null;
  return `[engine.runtimes]\n${JSON.stringify(name)} = [${JSON.stringify(program)}]\n`;
}
