/**
 * SocketFamilies: who makes sockets of an address family; the plug point of src/sockets.
 */
import { EAFNOSUPPORT, EOPNOTSUPP } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { Endpoint } from "./endpoint.ts";

export interface SocketFamily {
  /** socket(2): `type` without its flag bits. */
  create(task: Task, type: number, protocol: number): Endpoint | number;
  /** socketpair(2). */
  pair?(task: Task, type: number, protocol: number): [Endpoint, Endpoint] | number;
}

export class SocketFamilies {
  readonly #families = new Map<number, SocketFamily>();

  register(domain: number, family: SocketFamily): void {
    this.#families.set(domain, family);
  }

  create(task: Task, domain: number, type: number, protocol: number): Endpoint | number {
    const family = this.#families.get(domain);
    if (family === undefined) return refuse(EAFNOSUPPORT, "socket: no such address family");
    return family.create(task, type, protocol);
  }

  pair(task: Task, domain: number, type: number, protocol: number): [Endpoint, Endpoint] | number {
    const family = this.#families.get(domain);
    if (family === undefined) return refuse(EAFNOSUPPORT, "socketpair: no such address family");
    if (family.pair !== undefined) return family.pair(task, type, protocol);
    const endpoint = family.create(task, type, protocol);
    if (typeof endpoint === "number") return endpoint;
    endpoint.close(task);
    return refuse(EOPNOTSUPP, "socketpair: the family makes no pairs");
  }
}
