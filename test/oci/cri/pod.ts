/**
 * pod: one pod of a test and its containers, by the calls that a kubelet makes, and what is left of it
 * on this machine afterwards.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as nap } from "node:timers/promises";
import { groupsNamed } from "../cgroups.ts";
import type { Cri, Message } from "./client.ts";

const UNTIL_MS = 20_000;

/** Where the pods of a test are. */
export interface Place {
  readonly cri: Cri;
  readonly image: string;
  /** Of containers' logs. */
  readonly logs: string;
  /** The name of the control group that all are below. */
  readonly group: string;
}

/** What a kubelet has masked and protected unless it is told otherwise. */
const MASKED = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"];
const READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

export interface Output {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

export class Pod {
  readonly #place: Place;
  readonly id: string;
  readonly config: Message;
  /** Its own, and those of all containers that were ever in it. */
  readonly ids: string[];

  /** Made and running. `change` may put anything in its config before. */
  static async run(place: Place, runtime: string, change: (config: Message) => void): Promise<Pod> {
    const config = {
      metadata: { name: "pod", uid: randomUUID(), namespace: "test", attempt: 0 },
      hostname: "",
      log_directory: place.logs,
      labels: { app: "box" },
      annotations: { note: "kept" },
      linux: {
        cgroup_parent: `/${place.group}`,
        security_context: { namespace_options: { network: "NODE", pid: "CONTAINER", ipc: "POD" } },
        sysctls: {},
      },
    };
    change(config);
    const request = { config, runtime_handler: runtime };
    const { pod_sandbox_id } = await place.cri.call("RunPodSandbox", request);
    return new Pod(place, pod_sandbox_id, config);
  }

  constructor(place: Place, id: string, config: Message) {
    this.#place = place;
    this.id = id;
    this.ids = [id];
    this.config = config;
  }

  call(name: string, request: Message = {}): Promise<Message> {
    return this.#place.cri.call(name, { pod_sandbox_id: this.id, ...request });
  }

  async status(): Promise<Message> {
    return (await this.call("PodSandboxStatus")).status;
  }

  /** Its process on this machine. */
  async pid(): Promise<number> {
    const { info } = await this.call("PodSandboxStatus", { verbose: true });
    return JSON.parse(info.info).pid;
  }

  /** A container, not started yet. */
  async create(
    name: string,
    command: readonly string[],
    change: (config: Message) => void = () => {},
  ): Promise<Container> {
    const { namespace_options } = this.config.linux.security_context;
    const config = {
      metadata: { name, attempt: 0 },
      image: { image: this.#place.image },
      command,
      labels: { role: name },
      annotations: {},
      log_path: `${this.id}-${name}.log`,
      linux: {
        resources: {},
        security_context: {
          namespace_options,
          masked_paths: MASKED,
          readonly_paths: READONLY,
        } as Message,
      },
    };
    change(config);
    const request = { config, sandbox_config: this.config };
    const { container_id } = await this.call("CreateContainer", request);
    this.ids.push(container_id);
    return new Container(this.#place.cri, container_id, join(this.#place.logs, config.log_path));
  }

  async start(
    name: string,
    command: readonly string[],
    change?: (config: Message) => void,
  ): Promise<Container> {
    const container = await this.create(name, command, change);
    await container.call("StartContainer");
    return container;
  }

  /** A script that ends by itself: what it wrote, and its status. */
  async once(
    name: string,
    script: string,
    change?: (config: Message) => void,
  ): Promise<{ lines: string[]; code: number }> {
    const container = await this.start(name, ["sh", "-c", script], change);
    const { exit_code } = await container.ended();
    return { lines: container.lines(), code: exit_code };
  }

  async remove(): Promise<void> {
    await this.call("StopPodSandbox");
    await this.call("RemovePodSandbox");
  }
}

export class Container {
  readonly #cri: Cri;
  readonly id: string;
  readonly log: string;

  constructor(cri: Cri, id: string, log: string) {
    this.#cri = cri;
    this.id = id;
    this.log = log;
  }

  call(name: string, request: Message = {}): Promise<Message> {
    return this.#cri.call(name, { container_id: this.id, ...request });
  }

  async status(): Promise<Message> {
    return (await this.call("ContainerStatus")).status;
  }

  /** Its process on this machine. */
  async pid(): Promise<number> {
    const { info } = await this.call("ContainerStatus", { verbose: true });
    return JSON.parse(info.info).pid;
  }

  /** Its status once it has ended. */
  async ended(): Promise<Message> {
    return until(`the end of ${this.id}`, async () => {
      const status = await this.status();
      return status.state === "CONTAINER_EXITED" ? status : null;
    });
  }

  async exec(...cmd: string[]): Promise<Output> {
    const { stdout, stderr, exit_code } = await this.call("ExecSync", { cmd, timeout: 20 });
    return { out: stdout.toString(), err: stderr.toString(), code: exit_code };
  }

  /** Of its log, without their times; standard error first, as the streams' order is nobody's. */
  lines(): string[] {
    const text = existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => line.slice(line.indexOf(" ") + 1))
      .sort((a, b) => Number(a.startsWith("stdout")) - Number(b.startsWith("stdout")));
  }
}

/** What `look` finds, once it finds anything. */
export async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  for (const end = Date.now() + UNTIL_MS; Date.now() < end; await nap(50)) {
    const found = await look();
    if (found !== null && found !== false) return found;
  }
  throw new Error(`${what} did not come`);
}

/** Processes, mounts, control groups and files that name one of these identifiers. */
export function leftOf(ids: readonly string[], group: string, directories: string[]): string[] {
  const names = (text: string) => ids.some((id) => text.includes(id));
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => textOf(`/proc/${pid}/cmdline`) + textOf(`/proc/${pid}/cgroup`));
  const mounts = textOf("/proc/self/mounts").split("\n");
  const groups = groupsNamed(group).flatMap((path) => readdirSync(path));
  const files = directories.flatMap((path) => (existsSync(path) ? readdirSync(path) : []));
  return [...processes, ...mounts, ...groups, ...files].filter(names);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it has ended
  }
}
