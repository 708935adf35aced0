/**
 * rtnetlink: messages about links, addresses and routes (NETLINK_ROUTE).
 * Source: rtnetlink(7); include/uapi/linux/{rtnetlink,if_link,if_addr}.h.
 */

import { i32, struct, u8, u16, u32 } from "./struct.ts";

export const RTM_NEWLINK = 16;
export const RTM_GETLINK = 18;
export const RTM_SETLINK = 19;
export const RTM_NEWADDR = 20;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;
export const RTM_GETNEIGH = 30;
export const RTM_GETRULE = 34;
export const RTM_NEWNSID = 88;
export const RTM_GETNSID = 90;
/** An attribute of both: the number that a network namespace has in another, or -1. */
export const NETNSA_NSID = 1;

/** `struct ifinfomsg`, include/uapi/linux/rtnetlink.h */
export const ifinfomsg = struct(
  "ifinfomsg",
  { ifi_family: u8, ifi_type: u16, ifi_index: i32, ifi_flags: u32, ifi_change: u32 },
  { size: 16 },
);

/** `struct ifaddrmsg`, include/uapi/linux/if_addr.h */
export const ifaddrmsg = struct("ifaddrmsg", {
  ifa_family: u8,
  ifa_prefixlen: u8,
  ifa_flags: u8,
  ifa_scope: u8,
  ifa_index: u32,
});

export const IFLA_ADDRESS = 1;
export const IFLA_BROADCAST = 2;
export const IFLA_IFNAME = 3;
export const IFLA_MTU = 4;
export const IFLA_QDISC = 6;
export const IFLA_TXQLEN = 13;
export const IFLA_OPERSTATE = 16;
export const IFLA_LINKMODE = 17;
export const IFLA_GROUP = 27;
export const IFA_ADDRESS = 1;
export const IFA_LOCAL = 2;
export const IFA_LABEL = 3;
export const IFA_BROADCAST = 4;
export const IFA_CACHEINFO = 6;
export const IFA_FLAGS = 8;
export const IFA_F_PERMANENT = 0x80;
/** RFC 2863 states of an interface. */
export const IF_OPER_UNKNOWN = 0;
export const IF_OPER_DOWN = 2;
export const IF_OPER_UP = 6;
