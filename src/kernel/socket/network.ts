/**
 * NetworkNamespace: what the sockets of one network share (network_namespaces(7)): its interfaces,
 * and one part for each socket family: the names and ports that are bound.
 */
import type { Task } from "../task/task.ts";
import { loopbackInterface, type NetworkInterface } from "./interfaces.ts";

export class NetworkNamespace {
  readonly interfaces: NetworkInterface[] = [loopbackInterface()];
  readonly #parts = new Map<string, object>();

  /** The state of one family, made at first use. */
  part<T extends object>(make: new () => T): T {
    let part = this.#parts.get(make.name) as T | undefined;
    if (part === undefined) this.#parts.set(make.name, (part = new make()));
    return part;
  }

  interfaceNamed(name: string): NetworkInterface | undefined {
    return this.interfaces.find((candidate) => candidate.name === name);
  }

  interfaceAt(index: number): NetworkInterface | undefined {
    return this.interfaces.find((candidate) => candidate.index === index);
  }
}

/** The network that a task's new sockets belong to. */
export function networkOf(task: Task): NetworkNamespace {
  return task.kernel.network;
}
