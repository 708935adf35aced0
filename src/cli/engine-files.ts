/**
 * The text of engines' configuration with a runtime in it, and without. Pure: from a file's text, null
 * where there is none, to the text that it should have.
 *  - Docker: an entry of daemon.json, whose order and indentation stay.
 *  - containerd: a marked part at the end of config.toml; all other bytes stay.
 *  - podman: a file of its own, with a mark in its first line.
 *  - What is left empty by a removal goes as a whole.
 */

/** Says what is wrong and what to do about it; the caller puts the file's name before. */
export class InstallError extends Error {}

export interface Plan {
  readonly isRemoval: boolean;
  /** What engines call the runtime. */
  readonly name: string;
  /** The path of bin/tvisor. */
  readonly program: string;
  /** Options of the runtime, for engines that can say them. */
  readonly options: readonly string[];
}

type Json = Record<string, unknown>;

const MADE = "# made by tvisor install\n";
const DEFAULT_INDENT = 2;
/** podman's own list: those whose messages it asks for as JSON, which it can quote better. */
const SPEAK_JSON = ["crun", "runc", "kata", "runsc", "youki", "krun"];

export function changeDocker(text: string | null, { isRemoval, name, program, options }: Plan) {
  const config = objectOf(text);
  const runtimes = { ...((config["runtimes"] ?? {}) as Json) };
  const wanted = options.length > 0 ? { path: program, runtimeArgs: options } : { path: program };
  const present = runtimes[name] as Json | undefined;
  if (isRemoval) {
    if (present === undefined) return text;
    if (config["default-runtime"] === name)
      throw new InstallError(`${name} is the default-runtime; take that line out first`);
    delete runtimes[name];
    if (Object.keys(runtimes).length > 0) config["runtimes"] = runtimes;
    else delete config["runtimes"];
    if (Object.keys(config).length === 0) return null;
  } else {
    if (JSON.stringify(present) === JSON.stringify(wanted)) return text;
    runtimes[name] = wanted;
    config["runtimes"] = runtimes;
  }
  const end = text === null || text.endsWith("\n") ? "\n" : "";
  return JSON.stringify(config, null, indentOf(text ?? "")) + end;
}

function objectOf(text: string | null): Json {
  if (text === null || text.trim() === "") return {};
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new InstallError(`it is not JSON (${(error as Error).message}); repair it first`);
  }
  const runtimes = isObject(config) ? (config["runtimes"] ?? {}) : null;
  if (!isObject(config) || !isObject(runtimes))
    throw new InstallError("it is not an object with objects in it; repair it first");
  return config;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** That of the first line which has one; a file of one line stays one. */
function indentOf(text: string): string | number {
  const first = /\n([ \t]+)\S/.exec(text)?.[1];
  return first ?? (text.trim().length > "{}".length ? 0 : DEFAULT_INDENT);
}

export function changeContainerd(text: string | null, { isRemoval, name, program }: Plan) {
  const begin = `# ${name}: begin, by tvisor install\n`;
  const end = `# ${name}: end\n`;
  const others = without(text ?? "", begin, end);
  if (isRemoval) {
    if (text === null || others === text) return text;
    return others === `${MADE}version = 2\n` ? null : others;
  }
  const kept = text === null ? `${MADE}version = 2\n` : others;
  const version = /^version\s*=\s*([23])\s*(?:#.*)?$/m.exec(kept)?.[1];
  if (version === undefined)
    throw new InstallError(
      "it is not of version 2 or 3; write a new one with `containerd config default` first",
    );
  const plugin = version === "3" ? "io.containerd.cri.v1.runtime" : "io.containerd.grpc.v1.cri";
  const table = `plugins."${plugin}".containerd.runtimes.${name}`;
  if (kept.includes(`[${table}]`))
    throw new InstallError(`it has a runtime ${name} already; take it out, or use --runtime`);
  const part =
    `[${table}]\n  runtime_type = "io.containerd.runc.v2"\n` +
    `[${table}.options]\n  BinaryName = ${JSON.stringify(program)}\n`;
  const joint = kept === "" || kept.endsWith("\n") ? "" : "\n";
  return `${kept}${joint}${begin}${part}${end}`;
}

function without(text: string, begin: string, end: string): string {
  const from = text.indexOf(begin);
  if (from < 0) return text;
  const to = text.indexOf(end, from);
  if (to < 0)
    throw new InstallError(`"${end.trim()}" is missing after "${begin.trim()}"; write it back`);
  return text.slice(0, from) + text.slice(to + end.length);
}

export function changePodman(text: string | null, { isRemoval, name, program }: Plan) {
  if (text !== null && !text.startsWith(MADE))
    throw new InstallError("it was not made by tvisor install; name another with --podman-config");
  if (isRemoval) return null;
  const speakers = [...new Set([...SPEAK_JSON, name])].map((each) => JSON.stringify(each));
  return (
    `${MADE}[engine]\nruntime_supports_json = [${speakers.join(", ")}]\n` +
    `[engine.runtimes]\n${name} = [${JSON.stringify(program)}]\n`
  );
}
