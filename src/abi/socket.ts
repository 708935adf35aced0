/**
 * socket: families, types, levels and options of sockets, and addresses outside the Internet.
 * Internet protocols: socket-inet.ts and socket-tcp.ts; messages: msghdr.ts; netlink.ts.
 * Source: socket(2), socket(7), unix(7), packet(7);
 * include/linux/socket.h, include/uapi/asm-generic/socket.h, include/uapi/linux/{un,if_packet}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { bytes, i32, struct, u8, u16 } from "./struct.ts";

export const AF_UNSPEC = 0;
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_AX25 = 3;
export const AF_IPX = 4;
export const AF_APPLETALK = 5;
export const AF_NETROM = 6;
export const AF_BRIDGE = 7;
export const AF_ATMPVC = 8;
export const AF_X25 = 9;
export const AF_INET6 = 10;
export const AF_ROSE = 11;
export const AF_DECnet = 12;
export const AF_NETBEUI = 13;
export const AF_SECURITY = 14;
export const AF_KEY = 15;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const AF_ASH = 18;
export const AF_ECONET = 19;
export const AF_ATMSVC = 20;
export const AF_RDS = 21;
export const AF_SNA = 22;
export const AF_IRDA = 23;
export const AF_PPPOX = 24;
export const AF_WANPIPE = 25;
export const AF_LLC = 26;
export const AF_IB = 27;
export const AF_MPLS = 28;
export const AF_CAN = 29;
export const AF_TIPC = 30;
export const AF_BLUETOOTH = 31;
export const AF_IUCV = 32;
export const AF_RXRPC = 33;
export const AF_ISDN = 34;
export const AF_PHONET = 35;
export const AF_IEEE802154 = 36;
export const AF_CAIF = 37;
export const AF_ALG = 38;
export const AF_NFC = 39;
export const AF_VSOCK = 40;
export const AF_KCM = 41;
export const AF_QIPCRTR = 42;
export const AF_SMC = 43;
export const AF_XDP = 44;
export const AF_MCTP = 45;
export const AF_LOCAL = AF_UNIX;

export const addressFamilies = nameSet("af", {
  AF_UNSPEC,
  AF_UNIX,
  AF_INET,
  AF_AX25,
  AF_IPX,
  AF_APPLETALK,
  AF_NETROM,
  AF_BRIDGE,
  AF_ATMPVC,
  AF_X25,
  AF_INET6,
  AF_ROSE,
  AF_DECnet,
  AF_NETBEUI,
  AF_SECURITY,
  AF_KEY,
  AF_NETLINK,
  AF_PACKET,
  AF_ASH,
  AF_ECONET,
  AF_ATMSVC,
  AF_RDS,
  AF_SNA,
  AF_IRDA,
  AF_PPPOX,
  AF_WANPIPE,
  AF_LLC,
  AF_IB,
  AF_MPLS,
  AF_CAN,
  AF_TIPC,
  AF_BLUETOOTH,
  AF_IUCV,
  AF_RXRPC,
  AF_ISDN,
  AF_PHONET,
  AF_IEEE802154,
  AF_CAIF,
  AF_ALG,
  AF_NFC,
  AF_VSOCK,
  AF_KCM,
  AF_QIPCRTR,
  AF_SMC,
  AF_XDP,
  AF_MCTP,
});

// The type is a field; two open flags may be added to it.
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_RDM = 4;
export const SOCK_SEQPACKET = 5;
export const SOCK_DCCP = 6;
export const SOCK_PACKET = 10;
export const SOCK_CLOEXEC = 0o2000000;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_TYPE_MASK = 0xf;

export const socketTypes = flagSet(
  "socket",
  { SOCK_CLOEXEC, SOCK_NONBLOCK },
  {
    mask: SOCK_TYPE_MASK,
    names: {
      SOCK_STREAM,
      SOCK_DGRAM,
      SOCK_RAW,
      SOCK_RDM,
      SOCK_SEQPACKET,
      SOCK_DCCP,
      SOCK_PACKET,
    },
  },
);
export const acceptFlags = flagSet("accept4", { SOCK_CLOEXEC, SOCK_NONBLOCK });

export const IPPROTO_IP = 0;
export const IPPROTO_ICMP = 1;
export const IPPROTO_IGMP = 2;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
export const IPPROTO_IPV6 = 41;
export const IPPROTO_ICMPV6 = 58;
export const IPPROTO_UDPLITE = 136;
export const IPPROTO_SCTP = 132;
export const IPPROTO_RAW = 255;

export const ipProtocols = nameSet("ipproto", {
  IPPROTO_IP,
  IPPROTO_ICMP,
  IPPROTO_IGMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_IPV6,
  IPPROTO_ICMPV6,
  IPPROTO_UDPLITE,
  IPPROTO_SCTP,
  IPPROTO_RAW,
});

export const SOL_SOCKET = 1;
export const SOL_RAW = 255;
export const SOL_PACKET = 263;
export const SOL_NETLINK = 270;
export const SOL_IP = 0;
export const SOL_TCP = 6;
export const SOL_UDP = 17;
export const SOL_IPV6 = 41;
export const SOL_ICMPV6 = 58;

export const socketLevels = nameSet("sol", {
  SOL_SOCKET,
  SOL_RAW,
  SOL_PACKET,
  SOL_NETLINK,
  SOL_IP,
  SOL_TCP,
  SOL_UDP,
  SOL_IPV6,
  SOL_ICMPV6,
});

export const SO_DEBUG = 1;
export const SO_REUSEADDR = 2;
export const SO_TYPE = 3;
export const SO_ERROR = 4;
export const SO_DONTROUTE = 5;
export const SO_BROADCAST = 6;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_KEEPALIVE = 9;
export const SO_OOBINLINE = 10;
export const SO_NO_CHECK = 11;
export const SO_PRIORITY = 12;
export const SO_LINGER = 13;
export const SO_BSDCOMPAT = 14;
export const SO_REUSEPORT = 15;
export const SO_PASSCRED = 16;
export const SO_PEERCRED = 17;
export const SO_RCVLOWAT = 18;
export const SO_SNDLOWAT = 19;
export const SO_RCVTIMEO = 20;
export const SO_SNDTIMEO = 21;
export const SO_SECURITY_AUTHENTICATION = 22;
export const SO_SECURITY_ENCRYPTION_TRANSPORT = 23;
export const SO_SECURITY_ENCRYPTION_NETWORK = 24;
export const SO_BINDTODEVICE = 25;
export const SO_ATTACH_FILTER = 26;
export const SO_DETACH_FILTER = 27;
export const SO_PEERNAME = 28;
export const SO_TIMESTAMP = 29;
export const SO_ACCEPTCONN = 30;
export const SO_PEERSEC = 31;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_PASSSEC = 34;
export const SO_TIMESTAMPNS = 35;
export const SO_MARK = 36;
export const SO_TIMESTAMPING = 37;
export const SO_PROTOCOL = 38;
export const SO_DOMAIN = 39;
export const SO_RXQ_OVFL = 40;
export const SO_WIFI_STATUS = 41;
export const SO_PEEK_OFF = 42;
export const SO_NOFCS = 43;
export const SO_LOCK_FILTER = 44;
export const SO_SELECT_ERR_QUEUE = 45;
export const SO_BUSY_POLL = 46;
export const SO_MAX_PACING_RATE = 47;
export const SO_BPF_EXTENSIONS = 48;
export const SO_INCOMING_CPU = 49;
export const SO_ATTACH_BPF = 50;
export const SO_ATTACH_REUSEPORT_CBPF = 51;
export const SO_ATTACH_REUSEPORT_EBPF = 52;
export const SO_CNX_ADVICE = 53;
export const SO_MEMINFO = 55;
export const SO_INCOMING_NAPI_ID = 56;
export const SO_COOKIE = 57;
export const SO_PEERGROUPS = 59;
export const SO_ZEROCOPY = 60;
export const SO_TXTIME = 61;
export const SO_BINDTOIFINDEX = 62;
export const SO_TIMESTAMP_NEW = 63;
export const SO_TIMESTAMPNS_NEW = 64;
export const SO_TIMESTAMPING_NEW = 65;
export const SO_RCVTIMEO_NEW = 66;
export const SO_SNDTIMEO_NEW = 67;
export const SO_DETACH_REUSEPORT_BPF = 68;
export const SO_PREFER_BUSY_POLL = 69;
export const SO_BUSY_POLL_BUDGET = 70;
export const SO_NETNS_COOKIE = 71;
export const SO_BUF_LOCK = 72;
export const SO_RESERVE_MEM = 73;
export const SO_TXREHASH = 74;
export const SO_RCVMARK = 75;
export const SO_PASSPIDFD = 76;
export const SO_PEERPIDFD = 77;
export const SO_DEVMEM_LINEAR = 78;
export const SO_DEVMEM_DMABUF = 79;
export const SO_DEVMEM_DONTNEED = 80;
export const SO_RCVPRIORITY = 82;
export const SO_PASSRIGHTS = 83;

export const socketOptions = nameSet("so", {
  SO_DEBUG,
  SO_REUSEADDR,
  SO_TYPE,
  SO_ERROR,
  SO_DONTROUTE,
  SO_BROADCAST,
  SO_SNDBUF,
  SO_RCVBUF,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SO_NO_CHECK,
  SO_PRIORITY,
  SO_LINGER,
  SO_BSDCOMPAT,
  SO_REUSEPORT,
  SO_PASSCRED,
  SO_PEERCRED,
  SO_RCVLOWAT,
  SO_SNDLOWAT,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SO_SECURITY_AUTHENTICATION,
  SO_SECURITY_ENCRYPTION_TRANSPORT,
  SO_SECURITY_ENCRYPTION_NETWORK,
  SO_BINDTODEVICE,
  SO_ATTACH_FILTER,
  SO_DETACH_FILTER,
  SO_PEERNAME,
  SO_TIMESTAMP,
  SO_ACCEPTCONN,
  SO_PEERSEC,
  SO_SNDBUFFORCE,
  SO_RCVBUFFORCE,
  SO_PASSSEC,
  SO_TIMESTAMPNS,
  SO_MARK,
  SO_TIMESTAMPING,
  SO_PROTOCOL,
  SO_DOMAIN,
  SO_RXQ_OVFL,
  SO_WIFI_STATUS,
  SO_PEEK_OFF,
  SO_NOFCS,
  SO_LOCK_FILTER,
  SO_SELECT_ERR_QUEUE,
  SO_BUSY_POLL,
  SO_MAX_PACING_RATE,
  SO_BPF_EXTENSIONS,
  SO_INCOMING_CPU,
  SO_ATTACH_BPF,
  SO_ATTACH_REUSEPORT_CBPF,
  SO_ATTACH_REUSEPORT_EBPF,
  SO_CNX_ADVICE,
  SO_MEMINFO,
  SO_INCOMING_NAPI_ID,
  SO_COOKIE,
  SO_PEERGROUPS,
  SO_ZEROCOPY,
  SO_TXTIME,
  SO_BINDTOIFINDEX,
  SO_TIMESTAMP_NEW,
  SO_TIMESTAMPNS_NEW,
  SO_TIMESTAMPING_NEW,
  SO_RCVTIMEO_NEW,
  SO_SNDTIMEO_NEW,
  SO_DETACH_REUSEPORT_BPF,
  SO_PREFER_BUSY_POLL,
  SO_BUSY_POLL_BUDGET,
  SO_NETNS_COOKIE,
  SO_BUF_LOCK,
  SO_RESERVE_MEM,
  SO_TXREHASH,
  SO_RCVMARK,
  SO_PASSPIDFD,
  SO_PEERPIDFD,
  SO_DEVMEM_LINEAR,
  SO_DEVMEM_DMABUF,
  SO_DEVMEM_DONTNEED,
  SO_RCVPRIORITY,
  SO_PASSRIGHTS,
});

export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;

export const shutdownHow = nameSet("shutdown", { SHUT_RD, SHUT_WR, SHUT_RDWR });

/** `struct sockaddr`, the part that all addresses share */
export const sockaddr = struct("sockaddr", { sa_family: u16, sa_data: bytes(14) });

/** `struct sockaddr_storage`: large enough for any address */
export const sockaddr_storage = struct(
  "sockaddr_storage",
  { ss_family: u16 },
  { size: 128, align: 8 },
);

/** `struct sockaddr_un`, include/uapi/linux/un.h; the length passed along may end it earlier */
export const sockaddr_un = struct("sockaddr_un", { sun_family: u16, sun_path: bytes(108) });

/** `struct sockaddr_ll`, include/uapi/linux/if_packet.h; the protocol is big-endian */
export const sockaddr_ll = struct("sockaddr_ll", {
  sll_family: u16,
  sll_protocol: bytes(2),
  sll_ifindex: i32,
  sll_hatype: u16,
  sll_pkttype: u8,
  sll_halen: u8,
  sll_addr: bytes(8),
});

/** `struct linger` */
export const linger = struct("linger", { l_onoff: i32, l_linger: i32 });
