/**
 * route: answers to NETLINK_ROUTE requests: links and addresses of the network namespace
 * (rtnetlink(7)). Of requests to change something, those that set lo up, down or give it an address are obeyed.
 */
import { EAFNOSUPPORT, EEXIST, EINVAL, ENODEV, EOPNOTSUPP, EPERM } from "../../abi/errno.ts";
import { IFF_LOOPBACK, IFF_UP } from "../../abi/ioctl-net.ts";
import { NLM_F_DUMP, NLM_F_MULTI, nlattr, nlmsghdr } from "../../abi/netlink.ts";
import * as rt from "../../abi/rtnetlink.ts";
import { AF_INET, AF_INET6, AF_UNSPEC } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { NetworkInterface } from "../../kernel/socket/interfaces.ts";
import { mayConfigure, type NetworkNamespace } from "../../kernel/socket/network.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { NetlinkWriter } from "./writer.ts";

/** struct ifa_cacheinfo: preferred and valid for ever, made at boot. */
const FOREVER = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0);
/** struct rtgenmsg, with its padding. */
const RTGENMSG_SIZE = 4;
/** Requests come in fours: new, delete, get, set. */
const KIND_GET = 2;

/** Answer one request; 0 or -errno for what cannot be answered. */
export function answerRoute(
  task: Task,
  network: NetworkNamespace,
  request: Uint8Array,
  writer: NetlinkWriter,
): number {
  const view = new DataView(request.buffer, request.byteOffset, request.length);
  const { nlmsg_type, nlmsg_flags } = nlmsghdr.read(view, 0);
  if ((nlmsg_type & 3) !== KIND_GET) return changeRoute(task, network, request);
  const isDump = (nlmsg_flags & NLM_F_DUMP) === NLM_F_DUMP;
  const family = request.length > nlmsghdr.size ? request[nlmsghdr.size]! : AF_UNSPEC;
  if (nlmsg_type === rt.RTM_GETLINK && !isDump) return answerLink(network, request, view, writer);
  if (nlmsg_type === rt.RTM_GETNSID && !isDump) return answerNamespaceNumber(writer);
  if (!isDump) return refuse(EOPNOTSUPP, "netlink: only dumps of this");
  switch (nlmsg_type) {
    case rt.RTM_GETLINK:
      for (const one of network.interfaces) putLink(writer, one, NLM_F_MULTI);
      break;
    case rt.RTM_GETADDR:
      for (const one of network.interfaces) putAddresses(writer, one, family);
      break;
    case rt.RTM_GETROUTE:
    case rt.RTM_GETNEIGH:
    case rt.RTM_GETRULE:
      break;
    default:
      return refuse(EAFNOSUPPORT, "netlink: nothing of this kind");
  }
  writer.done();
  return 0;
}

/** No namespace has a number for another here. */
function answerNamespaceNumber(writer: NetlinkWriter): number {
  writer.begin(rt.RTM_NEWNSID, 0, RTGENMSG_SIZE);
  writer.number(rt.NETNSA_NSID, -1);
  writer.end();
  return 0;
}

/** A request to change something: 0 or -errno. */
function changeRoute(task: Task, network: NetworkNamespace, request: Uint8Array): number {
  const view = new DataView(request.buffer, request.byteOffset, request.length);
  const { nlmsg_type } = nlmsghdr.read(view, 0);
  if (nlmsg_type === rt.RTM_NEWLINK || nlmsg_type === rt.RTM_SETLINK)
    return changeLink(task, network, request, view);
  if (nlmsg_type === rt.RTM_NEWADDR) return addAddress(task, network, request, view);
  return refuse(EPERM, "netlink: only the state and the addresses of lo can be changed");
}

/** Sets lo up or down. */
function changeLink(
  task: Task,
  network: NetworkNamespace,
  request: Uint8Array,
  view: DataView,
): number {
  if (request.length < nlmsghdr.size + rt.ifinfomsg.size)
    return refuse(EINVAL, "netlink: a short request");
  const { ifi_index, ifi_flags, ifi_change } = rt.ifinfomsg.read(view, nlmsghdr.size);
  const name = nameIn(request, view, nlmsghdr.size + rt.ifinfomsg.size);
  const found = ifi_index > 0 ? network.interfaceAt(ifi_index) : network.interfaceNamed(name);
  if (found === undefined)
    return name !== "" && ifi_index === 0
      ? refuse(EOPNOTSUPP, "netlink: no interfaces can be made")
      : refuse(ENODEV, "netlink: no such interface");
  const rc = mayConfigure(task, network, found);
  if (rc < 0) return rc;
  // Of old, ifi_change is 0 and all flags are meant.
  if (ifi_change === 0 || (ifi_change & IFF_UP) !== 0)
    network.loopback.setUp((ifi_flags & IFF_UP) !== 0);
  return 0;
}

/** Gives lo an address of the loopback's. */
function addAddress(
  task: Task,
  network: NetworkNamespace,
  request: Uint8Array,
  view: DataView,
): number {
  const start = nlmsghdr.size + rt.ifaddrmsg.size;
  if (request.length < start) return refuse(EINVAL, "netlink: a short request");
  const { ifa_index, ifa_family, ifa_prefixlen, ifa_scope } = rt.ifaddrmsg.read(
    view,
    nlmsghdr.size,
  );
  const found = network.interfaceAt(ifa_index);
  if (found === undefined) return refuse(ENODEV, "netlink: no such interface");
  const rc = mayConfigure(task, network, found);
  if (rc < 0) return rc;
  const bytes =
    attribute(request, view, start, rt.IFA_LOCAL) ??
    attribute(request, view, start, rt.IFA_ADDRESS);
  if (bytes === null) return refuse(EINVAL, "netlink: no address");
  const isOwn =
    (ifa_family === AF_INET && bytes.length === 4 && bytes[0] === 127) ||
    (ifa_family === AF_INET6 &&
      bytes.length === 16 &&
      bytes[15] === 1 &&
      !bytes.slice(0, 15).some((b) => b !== 0));
  if (!isOwn) return refuse(EPERM, "netlink: lo has addresses of the loopback only");
  const address = {
    family: ifa_family,
    bytes: bytes.slice(),
    prefix: ifa_prefixlen,
    scope: ifa_scope,
    broadcast: null,
  };
  return network.loopback.add(address) ? 0 : refuse(EEXIST, "netlink: lo has the address");
}

/** One link, by index or by name. */
function answerLink(
  network: NetworkNamespace,
  request: Uint8Array,
  view: DataView,
  writer: NetlinkWriter,
): number {
  if (request.length < nlmsghdr.size + rt.ifinfomsg.size)
    return refuse(EOPNOTSUPP, "netlink: a short request");
  const { ifi_index } = rt.ifinfomsg.read(view, nlmsghdr.size);
  const name = nameIn(request, view, nlmsghdr.size + rt.ifinfomsg.size);
  const found = ifi_index > 0 ? network.interfaceAt(ifi_index) : network.interfaceNamed(name);
  if (found === undefined) return refuse(ENODEV, "netlink: no such interface");
  putLink(writer, found, 0);
  return 0;
}

/** The data of an attribute, or null. */
function attribute(
  request: Uint8Array,
  view: DataView,
  from: number,
  type: number,
): Uint8Array | null {
  for (let at = from; at + nlattr.size <= request.length; ) {
    const { nla_len, nla_type } = nlattr.read(view, at);
    if (nla_len < nlattr.size) break;
    if (nla_type === type) return request.subarray(at + nlattr.size, at + nla_len);
    at += (nla_len + 3) & ~3;
  }
  return null;
}

/** The IFLA_IFNAME attribute, or "". */
function nameIn(request: Uint8Array, view: DataView, from: number): string {
  let name = "";
  for (const byte of attribute(request, view, from, rt.IFLA_IFNAME) ?? []) {
    if (byte === 0) break;
    name += String.fromCharCode(byte);
  }
  return name;
}

/** RFC 2863: a loopback that is up does not know more. */
function operationalState({ flags }: NetworkInterface): number {
  if ((flags & IFF_UP) === 0) return rt.IF_OPER_DOWN;
  return (flags & IFF_LOOPBACK) !== 0 ? rt.IF_OPER_UNKNOWN : rt.IF_OPER_UP;
}

function putLink(writer: NetlinkWriter, one: NetworkInterface, flags: number): void {
  const { view, at } = writer.begin(rt.RTM_NEWLINK, flags, rt.ifinfomsg.size);
  rt.ifinfomsg.write(view, at, {
    ifi_family: AF_UNSPEC,
    ifi_type: one.hardwareType,
    ifi_index: one.index,
    ifi_flags: one.flags,
    ifi_change: 0,
  });
  const isLoopback = (one.flags & IFF_LOOPBACK) !== 0;
  writer.text(rt.IFLA_IFNAME, one.name);
  writer.number(rt.IFLA_TXQLEN, one.queueLength);
  writer.attribute(rt.IFLA_OPERSTATE, Uint8Array.of(operationalState(one)));
  writer.attribute(rt.IFLA_LINKMODE, Uint8Array.of(0));
  writer.number(rt.IFLA_MTU, one.mtu);
  writer.number(rt.IFLA_GROUP, 0);
  writer.text(rt.IFLA_QDISC, isLoopback ? "noqueue" : "fq_codel");
  writer.attribute(rt.IFLA_ADDRESS, one.hardwareAddress);
  const broadcast = new Uint8Array(one.hardwareAddress.length).fill(isLoopback ? 0 : 0xff);
  writer.attribute(rt.IFLA_BROADCAST, broadcast);
  writer.end();
}

function putAddresses(writer: NetlinkWriter, one: NetworkInterface, family: number): void {
  for (const address of one.addresses) {
    if (family !== AF_UNSPEC && family !== address.family) continue;
    const { view, at } = writer.begin(rt.RTM_NEWADDR, NLM_F_MULTI, rt.ifaddrmsg.size);
    rt.ifaddrmsg.write(view, at, {
      ifa_family: address.family,
      ifa_prefixlen: address.prefix,
      ifa_flags: rt.IFA_F_PERMANENT,
      ifa_scope: address.scope,
      ifa_index: one.index,
    });
    writer.attribute(rt.IFA_ADDRESS, address.bytes);
    if (address.bytes.length === 4) {
      writer.attribute(rt.IFA_LOCAL, address.bytes);
      if (address.broadcast !== null) writer.attribute(rt.IFA_BROADCAST, address.broadcast);
      writer.text(rt.IFA_LABEL, one.name);
    }
    writer.number(rt.IFA_FLAGS, rt.IFA_F_PERMANENT);
    writer.attribute(rt.IFA_CACHEINFO, FOREVER);
    writer.end();
  }
}
