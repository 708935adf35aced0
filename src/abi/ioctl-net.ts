/**
 * ioctl-net: request numbers of sockets and network interfaces, interface flags, struct ifreq.
 * Source: netdevice(7), socket(7), unix(7); include/uapi/linux/{sockios,if,if_tun}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { FIONREAD, TIOCOUTQ } from "./ioctl.ts";
import { bytes, i16, i32, struct, u64 } from "./struct.ts";

// Sockets and network interfaces.
export const FIOSETOWN = 0x8901;
export const SIOCSPGRP = 0x8902;
export const FIOGETOWN = 0x8903;
export const SIOCGPGRP = 0x8904;
export const SIOCATMARK = 0x8905;
export const SIOCGSTAMP_OLD = 0x8906;
export const SIOCGSTAMPNS_OLD = 0x8907;
export const SIOCADDRT = 0x890b;
export const SIOCDELRT = 0x890c;
export const SIOCRTMSG = 0x890d;
export const SIOCGIFNAME = 0x8910;
export const SIOCSIFLINK = 0x8911;
export const SIOCGIFCONF = 0x8912;
export const SIOCGIFFLAGS = 0x8913;
export const SIOCSIFFLAGS = 0x8914;
export const SIOCGIFADDR = 0x8915;
export const SIOCSIFADDR = 0x8916;
export const SIOCGIFDSTADDR = 0x8917;
export const SIOCSIFDSTADDR = 0x8918;
export const SIOCGIFBRDADDR = 0x8919;
export const SIOCSIFBRDADDR = 0x891a;
export const SIOCGIFNETMASK = 0x891b;
export const SIOCSIFNETMASK = 0x891c;
export const SIOCGIFMETRIC = 0x891d;
export const SIOCSIFMETRIC = 0x891e;
export const SIOCGIFMEM = 0x891f;
export const SIOCSIFMEM = 0x8920;
export const SIOCGIFMTU = 0x8921;
export const SIOCSIFMTU = 0x8922;
export const SIOCSIFNAME = 0x8923;
export const SIOCSIFHWADDR = 0x8924;
export const SIOCGIFENCAP = 0x8925;
export const SIOCSIFENCAP = 0x8926;
export const SIOCGIFHWADDR = 0x8927;
export const SIOCGIFSLAVE = 0x8929;
export const SIOCSIFSLAVE = 0x8930;
export const SIOCADDMULTI = 0x8931;
export const SIOCDELMULTI = 0x8932;
export const SIOCGIFINDEX = 0x8933;
export const SIOCSIFPFLAGS = 0x8934;
export const SIOCGIFPFLAGS = 0x8935;
export const SIOCDIFADDR = 0x8936;
export const SIOCSIFHWBROADCAST = 0x8937;
export const SIOCGIFCOUNT = 0x8938;
export const SIOCGIFBR = 0x8940;
export const SIOCSIFBR = 0x8941;
export const SIOCGIFTXQLEN = 0x8942;
export const SIOCSIFTXQLEN = 0x8943;
export const SIOCETHTOOL = 0x8946;
export const SIOCGMIIPHY = 0x8947;
export const SIOCGMIIREG = 0x8948;
export const SIOCGARP = 0x8954;
export const SIOCSARP = 0x8955;
export const SIOCDARP = 0x8953;
export const SIOCGIFMAP = 0x8970;
export const SIOCSIFMAP = 0x8971;
export const SIOCGSKNS = 0x894c;
export const SIOCOUTQ = TIOCOUTQ;
export const SIOCINQ = FIONREAD;
export const TUNSETIFF = 0x400454ca;
export const TUNSETPERSIST = 0x400454cb;
export const TUNSETOWNER = 0x400454cc;
export const TUNGETIFF = 0x800454d2;
export const TUNSETOFFLOAD = 0x400454d0;
export const TUNSETVNETHDRSZ = 0x400454d8;
export const IFF_UP = 0x1;
export const IFF_BROADCAST = 0x2;
export const IFF_DEBUG = 0x4;
export const IFF_LOOPBACK = 0x8;
export const IFF_POINTOPOINT = 0x10;
export const IFF_NOTRAILERS = 0x20;
export const IFF_RUNNING = 0x40;
export const IFF_NOARP = 0x80;
export const IFF_PROMISC = 0x100;
export const IFF_ALLMULTI = 0x200;
export const IFF_MASTER = 0x400;
export const IFF_SLAVE = 0x800;
export const IFF_MULTICAST = 0x1000;
export const IFF_PORTSEL = 0x2000;
export const IFF_AUTOMEDIA = 0x4000;
export const IFF_DYNAMIC = 0x8000;
export const IFF_LOWER_UP = 0x10000;
export const IFF_DORMANT = 0x20000;
export const IFF_ECHO = 0x40000;
export const IFNAMSIZ = 16;

export const interfaceFlags = flagSet("iff", {
  IFF_UP,
  IFF_BROADCAST,
  IFF_DEBUG,
  IFF_LOOPBACK,
  IFF_POINTOPOINT,
  IFF_NOTRAILERS,
  IFF_RUNNING,
  IFF_NOARP,
  IFF_PROMISC,
  IFF_ALLMULTI,
  IFF_MASTER,
  IFF_SLAVE,
  IFF_MULTICAST,
  IFF_PORTSEL,
  IFF_AUTOMEDIA,
  IFF_DYNAMIC,
  IFF_LOWER_UP,
  IFF_DORMANT,
  IFF_ECHO,
});

/** `struct ifreq`, include/uapi/linux/if.h: a name and a union of 24 bytes */
export const ifreq = struct(
  "ifreq",
  {
    ifr_name: bytes(16),
    ifr_data: bytes(24),
    ifr_flags: i16,
    ifr_ifindex: i32,
    ifr_mtu: i32,
  },
  { at: { ifr_data: 16, ifr_flags: 16, ifr_ifindex: 16, ifr_mtu: 16 }, size: 40, align: 8 },
);

/** `struct ifconf`, include/uapi/linux/if.h */
export const ifconf = struct("ifconf", { ifc_len: i32, ifc_buf: u64 });

export const networkRequests = nameSet("ioctl", {
  FIOSETOWN,
  SIOCSPGRP,
  FIOGETOWN,
  SIOCGPGRP,
  SIOCATMARK,
  SIOCGSTAMP_OLD,
  SIOCGSTAMPNS_OLD,
  SIOCADDRT,
  SIOCDELRT,
  SIOCRTMSG,
  SIOCGIFNAME,
  SIOCSIFLINK,
  SIOCGIFCONF,
  SIOCGIFFLAGS,
  SIOCSIFFLAGS,
  SIOCGIFADDR,
  SIOCSIFADDR,
  SIOCGIFDSTADDR,
  SIOCSIFDSTADDR,
  SIOCGIFBRDADDR,
  SIOCSIFBRDADDR,
  SIOCGIFNETMASK,
  SIOCSIFNETMASK,
  SIOCGIFMETRIC,
  SIOCSIFMETRIC,
  SIOCGIFMEM,
  SIOCSIFMEM,
  SIOCGIFMTU,
  SIOCSIFMTU,
  SIOCSIFNAME,
  SIOCSIFHWADDR,
  SIOCGIFENCAP,
  SIOCSIFENCAP,
  SIOCGIFHWADDR,
  SIOCGIFSLAVE,
  SIOCSIFSLAVE,
  SIOCADDMULTI,
  SIOCDELMULTI,
  SIOCGIFINDEX,
  SIOCSIFPFLAGS,
  SIOCGIFPFLAGS,
  SIOCDIFADDR,
  SIOCSIFHWBROADCAST,
  SIOCGIFCOUNT,
  SIOCGIFBR,
  SIOCSIFBR,
  SIOCGIFTXQLEN,
  SIOCSIFTXQLEN,
  SIOCETHTOOL,
  SIOCGMIIPHY,
  SIOCGMIIREG,
  SIOCGARP,
  SIOCSARP,
  SIOCDARP,
  SIOCGIFMAP,
  SIOCSIFMAP,
  SIOCGSKNS,
  TUNSETIFF,
  TUNSETPERSIST,
  TUNSETOWNER,
  TUNGETIFF,
  TUNSETOFFLOAD,
  TUNSETVNETHDRSZ,
});
