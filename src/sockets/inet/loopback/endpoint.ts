/**
 * LoopbackEndpoint: what TCP and UDP sockets of the loopback have in common: addresses, ports and
 * the options that are only kept. The only reachable hosts are 127.0.0.0/8 and ::1.
 */
import { CAP_NET_BIND_SERVICE } from "../../../abi/capability.ts";
import {
  EACCES,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EINVAL,
  ENETUNREACH,
  EOPNOTSUPP,
} from "../../../abi/errno.ts";
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from "../../../abi/poll.ts";
import { AF_INET, AF_INET6, AF_UNSPEC, IPPROTO_IPV6, SOL_SOCKET } from "../../../abi/socket.ts";
import { IP_FREEBIND, IP_TRANSPARENT, IPV6_V6ONLY } from "../../../abi/socket-inet.ts";
import { refuse } from "../../../base/refuse.ts";
import { Endpoint } from "../../../kernel/socket/endpoint.ts";
import { type NetworkNamespace, networkOf } from "../../../kernel/socket/network.ts";
import type { Task } from "../../../kernel/task/task.ts";
import {
  familyOf,
  formatName,
  type InetName,
  type Ip,
  isLoopback,
  isV4,
  isWildcard,
  loopback,
  noName,
  parseName,
  wildcard,
} from "../address.ts";
import { hasLevel, InetOptions } from "../options.ts";
import type { PortHolder, PortTable } from "../ports.ts";

export const READ_EVENTS = POLLIN | POLLRDNORM;
export const WRITE_EVENTS = POLLOUT | POLLWRNORM;
export const ALL_EVENTS = READ_EVENTS | WRITE_EVENTS | POLLHUP | POLLERR | POLLRDHUP;

/** /proc/sys/net/ipv4/ip_unprivileged_port_start. */
const FIRST_FREE_PORT = 1024;

export abstract class LoopbackEndpoint extends Endpoint implements PortHolder {
  override readonly network: NetworkNamespace;
  readonly ownerUid: number;
  readonly inet = new InetOptions();
  /** Port 0 while it has none. */
  local: InetName;
  /** bind() chose the address, or the port: a disconnect keeps them. */
  #hasBoundAddress = false;
  #hasBoundPort = false;
  #isHashed = false;

  constructor(task: Task, domain: number, type: number, protocol: number) {
    super(domain, type, protocol);
    this.network = networkOf(task);
    this.ownerUid = task.credentials.euid;
    this.local = noName(domain);
  }

  /** The table of this protocol's ports. */
  protected abstract get ports(): PortTable<LoopbackEndpoint>;

  get isV6Only(): boolean {
    return this.domain === AF_INET6 && this.inet.has(IPPROTO_IPV6, IPV6_V6ONLY);
  }

  // --- names ----------------------------------------------------------------------------------

  override bind(task: Task, address: Uint8Array): number {
    const name = this.#nameToBind(address);
    if (typeof name === "number") return name;
    if (this.local.port !== 0 || this.#isHashed) return refuse(EINVAL, "bind: has an address");
    if (
      name.port !== 0 &&
      name.port < FIRST_FREE_PORT &&
      !task.credentials.hasIn(this.network.owner, CAP_NET_BIND_SERVICE)
    )
      return refuse(EACCES, "bind: ports below 1024 need CAP_NET_BIND_SERVICE");
    const rc = this.take(task, name.ip, name.port);
    if (rc < 0) return rc;
    this.#hasBoundAddress = !isWildcard(name.ip);
    this.#hasBoundPort = name.port !== 0;
    return 0;
  }

  #nameToBind(address: Uint8Array): InetName | number {
    // Old programs leave the family out of the IPv4 wildcard.
    const isOld =
      this.domain === AF_INET && familyOf(address) === AF_UNSPEC && address.length >= 16;
    const given = isOld ? Uint8Array.of(AF_INET, 0, ...address.subarray(2)) : address;
    const name = parseName(given, this.domain);
    if (typeof name === "number") return name;
    if (isOld && !isWildcard(name.ip)) return refuse(EAFNOSUPPORT, "bind: no family");
    if (this.isV6Only && isV4(name.ip)) return refuse(EINVAL, "bind: IPv4 with IPV6_V6ONLY");
    const isForeign = !isWildcard(name.ip) && !this.#isOwn(name.ip);
    const mayBeForeign = this.inet.has(0, IP_FREEBIND) || this.inet.has(0, IP_TRANSPARENT);
    if (isForeign && !mayBeForeign) return refuse(EADDRNOTAVAIL, "bind: not an address of ours");
    return name;
  }

  /** Is it an address of this network? All of 127.0.0.0/8 is, once lo has one of them. */
  #isOwn(ip: Ip): boolean {
    const { addresses } = this.network.loopback;
    // As long as there is no table of addresses, Linux takes any IPv4 address for one of them.
    if (!isLoopback(ip) || addresses.length === 0) return isLoopback(ip) && isV4(ip);
    const family = isV4(ip) ? AF_INET : AF_INET6;
    return addresses.some((one) => one.family === family);
  }

  /** Take an address and a port, any free one for 0. */
  protected take(task: Task, ip: Ip, wanted: number): number {
    const port = wanted === 0 ? this.ports.choose(this, ip, task.kernel.entropy) : wanted;
    if (port < 0) return port;
    const rc = wanted === 0 ? 0 : this.ports.check(this, { ip, port });
    if (rc < 0) return rc;
    this.local = { ip, port };
    this.hash();
    return 0;
  }

  /** Appear in the table under `local`. */
  hash(): void {
    this.unhash();
    this.ports.add(this);
    this.#isHashed = true;
  }

  protected unhash(): void {
    if (this.#isHashed) this.ports.remove(this);
    this.#isHashed = false;
  }

  /** A port, if it has none yet. */
  protected autobind(task: Task): number {
    return this.local.port !== 0 ? 0 : this.take(task, this.local.ip, 0);
  }

  /** Forget the address that a connect chose. */
  protected forgetLocal(): void {
    this.unhash();
    const ip = this.#hasBoundAddress ? this.local.ip : wildcard(this.domain);
    this.local = { ip, port: this.#hasBoundPort ? this.local.port : 0 };
    if (this.local.port !== 0) this.hash();
  }

  /** Where a packet to `address` goes: wildcards mean this host. Or -errno. */
  protected route(address: Uint8Array): InetName | number {
    const name = parseName(address, this.domain);
    if (typeof name === "number") return name;
    const ip = isWildcard(name.ip) ? this.#self(name.ip) : name.ip;
    if (!isLoopback(ip) || (this.isV6Only && isV4(ip)) || !this.network.loopback.isUp)
      return refuse(ENETUNREACH, "this network has only a loopback");
    return { ip, port: name.port };
  }

  /** This host, in the kind of address that the socket can use. */
  #self(asked: Ip): Ip {
    const boundV4 = !isWildcard(this.local.ip) && isV4(this.local.ip);
    return loopback(this.domain === AF_INET || isV4(asked) || boundV4);
  }

  /** The source of packets to `ip`, when bind chose none. */
  protected sourceFor(ip: Ip): Ip {
    return isWildcard(this.local.ip) ? loopback(isV4(ip)) : this.local.ip;
  }

  override localName(): Uint8Array {
    return formatName(this.local, this.domain);
  }

  // --- options --------------------------------------------------------------------------------

  override getOption(
    _task: Task,
    level: number,
    name: number,
    length: number,
  ): Uint8Array | number | null {
    if (hasLevel(this.domain, this.protocol, level)) return this.inet.get(level, name, length);
    if (level === SOL_SOCKET || this.domain === AF_INET6) return null;
    return refuse(EOPNOTSUPP, "getsockopt: IPv4 sockets have no such level");
  }

  override setOption(_task: Task, level: number, name: number, value: Uint8Array): number | null {
    if (!hasLevel(this.domain, this.protocol, level)) return null;
    if (level === IPPROTO_IPV6 && name === IPV6_V6ONLY && this.local.port !== 0)
      return refuse(EINVAL, "setsockopt: IPV6_V6ONLY of a bound socket");
    return this.inet.set(level, name, value);
  }
}
