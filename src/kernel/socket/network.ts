/**
 * NetworkNamespace: what the sockets of one network share (network_namespaces(7)): its interfaces,
 * and one part for each socket family: the names and ports that are bound. The sandbox's network is the
 * first; each other has a loopback of its own and nothing else.
 */
import { CAP_NET_ADMIN } from "../../abi/capability.ts";
import { EPERM } from "../../abi/errno.ts";
import { CLONE_NEWNET } from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { FIRST_NET, Namespace } from "../ns/namespace.ts";
import { FIRST_USER_NAMESPACE, type UserNamespace } from "../ns/user-namespace.ts";
import type { Task } from "../task/task.ts";
import { LoopbackInterface, type NetworkInterface } from "./interfaces.ts";
import type { Socket } from "./socket.ts";

export class NetworkNamespace extends Namespace {
  readonly loopback = new LoopbackInterface();
  readonly interfaces: NetworkInterface[] = [this.loopback];
  /** Open ones, for those who list them. */
  readonly sockets = new Set<Socket>();
  readonly #parts = new Map<string, object>();

  constructor(id = FIRST_NET, owner: UserNamespace = FIRST_USER_NAMESPACE) {
    super(id, owner);
    if (id === FIRST_NET) this.loopback.setUp(true);
  }

  /** The network that the sandbox was started with. */
  get isFirst(): boolean {
    return this.id === FIRST_NET;
  }

  override get kind(): string {
    return "net";
  }

  override get flag(): number {
    return CLONE_NEWNET;
  }

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
  return task.namespaces.network;
}

/** Interfaces can be changed where they are ours: lo, of a network that is not the host's. */
export function mayConfigure(
  task: Task,
  network: NetworkNamespace,
  found: NetworkInterface,
): number {
  if (!task.credentials.hasIn(network.owner, CAP_NET_ADMIN))
    return refuse(EPERM, "network: needs CAP_NET_ADMIN in its user namespace");
  return found instanceof LoopbackInterface && network.interfaces.length === 1
    ? 0
    : refuse(EPERM, "network: an interface of the host");
}
