/**
 * socket-inet: addresses and socket options of IPv4 and IPv6. TCP and UDP are in socket-tcp.ts.
 * Ports and addresses are big-endian on the wire and in these structs: they are bytes here.
 * Source: ip(7), ipv6(7), raw(7); include/uapi/linux/{in,in6,ipv6}.h.
 */

import { nameSet } from "./flags.ts";
import { bytes, i32, pad, struct, u16, u32 } from "./struct.ts";

/** `struct in_addr`, in network order */
export const in_addr = struct("in_addr", { s_addr: bytes(4) }, { align: 4 });

/** `struct sockaddr_in`, include/uapi/linux/in.h */
export const sockaddr_in = struct("sockaddr_in", {
  sin_family: u16,
  sin_port: bytes(2),
  sin_addr: in_addr,
  __pad: pad(8),
});

/** `struct sockaddr_in6`, include/uapi/linux/in6.h */
export const sockaddr_in6 = struct("sockaddr_in6", {
  sin6_family: u16,
  sin6_port: bytes(2),
  sin6_flowinfo: bytes(4),
  sin6_addr: bytes(16),
  sin6_scope_id: u32,
});
/** The length of struct sockaddr_in6 before sin6_scope_id: still accepted. */
export const SIN6_LEN_RFC2133 = 24;

/** `struct ip_mreq` and `struct ip_mreqn`; the kernel tells them apart by length */
export const ip_mreqn = struct("ip_mreqn", {
  imr_multiaddr: in_addr,
  imr_address: in_addr,
  imr_ifindex: i32,
});

/** `struct ipv6_mreq` */
export const ipv6_mreq = struct("ipv6_mreq", {
  ipv6mr_multiaddr: bytes(16),
  ipv6mr_ifindex: i32,
});

/** `struct in_pktinfo` */
export const in_pktinfo = struct("in_pktinfo", {
  ipi_ifindex: i32,
  ipi_spec_dst: in_addr,
  ipi_addr: in_addr,
});

/** `struct in6_pktinfo`, include/uapi/linux/ipv6.h */
export const in6_pktinfo = struct("in6_pktinfo", { ipi6_addr: bytes(16), ipi6_ifindex: i32 });

export const IP_TOS = 1;
export const IP_TTL = 2;
export const IP_HDRINCL = 3;
export const IP_OPTIONS = 4;
export const IP_ROUTER_ALERT = 5;
export const IP_RECVOPTS = 6;
export const IP_RETOPTS = 7;
export const IP_PKTINFO = 8;
export const IP_PKTOPTIONS = 9;
export const IP_MTU_DISCOVER = 10;
export const IP_RECVERR = 11;
export const IP_RECVTTL = 12;
export const IP_RECVTOS = 13;
export const IP_MTU = 14;
export const IP_FREEBIND = 15;
export const IP_IPSEC_POLICY = 16;
export const IP_XFRM_POLICY = 17;
export const IP_PASSSEC = 18;
export const IP_TRANSPARENT = 19;
export const IP_ORIGDSTADDR = 20;
export const IP_MINTTL = 21;
export const IP_NODEFRAG = 22;
export const IP_CHECKSUM = 23;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IP_RECVFRAGSIZE = 25;
export const IP_RECVERR_RFC4884 = 26;
export const IP_MULTICAST_IF = 32;
export const IP_MULTICAST_TTL = 33;
export const IP_MULTICAST_LOOP = 34;
export const IP_ADD_MEMBERSHIP = 35;
export const IP_DROP_MEMBERSHIP = 36;
export const IP_UNBLOCK_SOURCE = 37;
export const IP_BLOCK_SOURCE = 38;
export const IP_ADD_SOURCE_MEMBERSHIP = 39;
export const IP_DROP_SOURCE_MEMBERSHIP = 40;
export const IP_MSFILTER = 41;
export const MCAST_JOIN_GROUP = 42;
export const MCAST_BLOCK_SOURCE = 43;
export const MCAST_UNBLOCK_SOURCE = 44;
export const MCAST_LEAVE_GROUP = 45;
export const MCAST_JOIN_SOURCE_GROUP = 46;
export const MCAST_LEAVE_SOURCE_GROUP = 47;
export const MCAST_MSFILTER = 48;
export const IP_MULTICAST_ALL = 49;
export const IP_UNICAST_IF = 50;
export const IP_LOCAL_PORT_RANGE = 51;
export const IP_PROTOCOL = 52;
export const IP_PMTUDISC_DONT = 0;
export const IP_PMTUDISC_WANT = 1;
export const IP_PMTUDISC_DO = 2;
export const IP_PMTUDISC_PROBE = 3;
export const IP_PMTUDISC_INTERFACE = 4;
export const IP_PMTUDISC_OMIT = 5;

export const ipOptions = nameSet("ip", {
  IP_TOS,
  IP_TTL,
  IP_HDRINCL,
  IP_OPTIONS,
  IP_ROUTER_ALERT,
  IP_RECVOPTS,
  IP_RETOPTS,
  IP_PKTINFO,
  IP_PKTOPTIONS,
  IP_MTU_DISCOVER,
  IP_RECVERR,
  IP_RECVTTL,
  IP_RECVTOS,
  IP_MTU,
  IP_FREEBIND,
  IP_IPSEC_POLICY,
  IP_XFRM_POLICY,
  IP_PASSSEC,
  IP_TRANSPARENT,
  IP_ORIGDSTADDR,
  IP_MINTTL,
  IP_NODEFRAG,
  IP_CHECKSUM,
  IP_BIND_ADDRESS_NO_PORT,
  IP_RECVFRAGSIZE,
  IP_RECVERR_RFC4884,
  IP_MULTICAST_IF,
  IP_MULTICAST_TTL,
  IP_MULTICAST_LOOP,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_UNBLOCK_SOURCE,
  IP_BLOCK_SOURCE,
  IP_ADD_SOURCE_MEMBERSHIP,
  IP_DROP_SOURCE_MEMBERSHIP,
  IP_MSFILTER,
  MCAST_JOIN_GROUP,
  MCAST_BLOCK_SOURCE,
  MCAST_UNBLOCK_SOURCE,
  MCAST_LEAVE_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
  MCAST_MSFILTER,
  IP_MULTICAST_ALL,
  IP_UNICAST_IF,
  IP_LOCAL_PORT_RANGE,
  IP_PROTOCOL,
});

export const IPV6_ADDRFORM = 1;
export const IPV6_2292PKTINFO = 2;
export const IPV6_2292HOPOPTS = 3;
export const IPV6_2292DSTOPTS = 4;
export const IPV6_2292RTHDR = 5;
export const IPV6_2292PKTOPTIONS = 6;
export const IPV6_CHECKSUM = 7;
export const IPV6_2292HOPLIMIT = 8;
export const IPV6_FLOWINFO = 11;
export const IPV6_UNICAST_HOPS = 16;
export const IPV6_MULTICAST_IF = 17;
export const IPV6_MULTICAST_HOPS = 18;
export const IPV6_MULTICAST_LOOP = 19;
export const IPV6_ADD_MEMBERSHIP = 20;
export const IPV6_DROP_MEMBERSHIP = 21;
export const IPV6_ROUTER_ALERT = 22;
export const IPV6_MTU_DISCOVER = 23;
export const IPV6_MTU = 24;
export const IPV6_RECVERR = 25;
export const IPV6_V6ONLY = 26;
export const IPV6_JOIN_ANYCAST = 27;
export const IPV6_LEAVE_ANYCAST = 28;
export const IPV6_MULTICAST_ALL = 29;
export const IPV6_ROUTER_ALERT_ISOLATE = 30;
export const IPV6_RECVERR_RFC4884 = 31;
export const IPV6_FLOWLABEL_MGR = 32;
export const IPV6_FLOWINFO_SEND = 33;
export const IPV6_IPSEC_POLICY = 34;
export const IPV6_XFRM_POLICY = 35;
export const IPV6_HDRINCL = 36;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_PKTINFO = 50;
export const IPV6_RECVHOPLIMIT = 51;
export const IPV6_HOPLIMIT = 52;
export const IPV6_RECVHOPOPTS = 53;
export const IPV6_HOPOPTS = 54;
export const IPV6_RTHDRDSTOPTS = 55;
export const IPV6_RECVRTHDR = 56;
export const IPV6_RTHDR = 57;
export const IPV6_RECVDSTOPTS = 58;
export const IPV6_DSTOPTS = 59;
export const IPV6_RECVPATHMTU = 60;
export const IPV6_PATHMTU = 61;
export const IPV6_DONTFRAG = 62;
export const IPV6_RECVTCLASS = 66;
export const IPV6_TCLASS = 67;
export const IPV6_AUTOFLOWLABEL = 70;
export const IPV6_ADDR_PREFERENCES = 72;
export const IPV6_MINHOPCOUNT = 73;
export const IPV6_ORIGDSTADDR = 74;
export const IPV6_TRANSPARENT = 75;
export const IPV6_UNICAST_IF = 76;
export const IPV6_RECVFRAGSIZE = 77;
export const IPV6_FREEBIND = 78;

export const ipv6Options = nameSet("ipv6", {
  IPV6_ADDRFORM,
  IPV6_2292PKTINFO,
  IPV6_2292HOPOPTS,
  IPV6_2292DSTOPTS,
  IPV6_2292RTHDR,
  IPV6_2292PKTOPTIONS,
  IPV6_CHECKSUM,
  IPV6_2292HOPLIMIT,
  IPV6_FLOWINFO,
  IPV6_UNICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_LOOP,
  IPV6_ADD_MEMBERSHIP,
  IPV6_DROP_MEMBERSHIP,
  IPV6_ROUTER_ALERT,
  IPV6_MTU_DISCOVER,
  IPV6_MTU,
  IPV6_RECVERR,
  IPV6_V6ONLY,
  IPV6_JOIN_ANYCAST,
  IPV6_LEAVE_ANYCAST,
  IPV6_MULTICAST_ALL,
  IPV6_ROUTER_ALERT_ISOLATE,
  IPV6_RECVERR_RFC4884,
  IPV6_FLOWLABEL_MGR,
  IPV6_FLOWINFO_SEND,
  IPV6_IPSEC_POLICY,
  IPV6_XFRM_POLICY,
  IPV6_HDRINCL,
  IPV6_RECVPKTINFO,
  IPV6_PKTINFO,
  IPV6_RECVHOPLIMIT,
  IPV6_HOPLIMIT,
  IPV6_RECVHOPOPTS,
  IPV6_HOPOPTS,
  IPV6_RTHDRDSTOPTS,
  IPV6_RECVRTHDR,
  IPV6_RTHDR,
  IPV6_RECVDSTOPTS,
  IPV6_DSTOPTS,
  IPV6_RECVPATHMTU,
  IPV6_PATHMTU,
  IPV6_DONTFRAG,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  IPV6_AUTOFLOWLABEL,
  IPV6_ADDR_PREFERENCES,
  IPV6_MINHOPCOUNT,
  IPV6_ORIGDSTADDR,
  IPV6_TRANSPARENT,
  IPV6_UNICAST_IF,
  IPV6_RECVFRAGSIZE,
  IPV6_FREEBIND,
});
