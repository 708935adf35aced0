/**
 * The rows of /proc/sys/net: what programs read before they open sockets, with Linux's first values.
 */
import { directory, type Entry } from "../../pseudo/entry.ts";
import type { ProcSystem } from "../subject.ts";
import { number, numbers, text } from "./rows.ts";

const BUFFER = 212992;

const CORE: readonly Entry<ProcSystem>[] = [
  text("default_qdisc", "pfifo_fast", "kept"),
  number("message_burst", 10, "kept"),
  number("netdev_max_backlog", 1000, "kept"),
  number("optmem_max", 131072, "kept"),
  number("rmem_default", BUFFER, "kept"),
  number("rmem_max", BUFFER, "kept"),
  number("somaxconn", 4096, "kept"),
  number("wmem_default", BUFFER, "kept"),
  number("wmem_max", BUFFER, "kept"),
];

const IPV4: readonly Entry<ProcSystem>[] = [
  directory("conf", [
    directory("all", [
      number("forwarding", 0, "kept", "ipv4.all.forwarding"),
      number("rp_filter", 0, "kept", "ipv4.all.rp_filter"),
    ]),
    directory("default", [
      number("forwarding", 0, "kept", "ipv4.default.forwarding"),
      number("rp_filter", 0, "kept", "ipv4.default.rp_filter"),
    ]),
    directory("lo", [
      number("forwarding", 0, "kept", "ipv4.lo.forwarding"),
      number("rp_filter", 0, "kept", "ipv4.lo.rp_filter"),
    ]),
  ]),
  number("icmp_echo_ignore_all", 0, "kept"),
  number("ip_default_ttl", 64, "kept"),
  number("ip_forward", 0, "kept"),
  numbers("ip_local_port_range", [32768, 60999], "kept"),
  text("ip_local_reserved_ports", "", "kept"),
  number("ip_nonlocal_bind", 0, "kept", "ipv4.ip_nonlocal_bind"),
  number("ip_unprivileged_port_start", 1024, "kept"),
  numbers("ping_group_range", [1, 0], "kept"),
  text("tcp_allowed_congestion_control", "reno cubic", "kept"),
  text("tcp_available_congestion_control", "reno cubic"),
  text("tcp_congestion_control", "cubic", "kept"),
  number("tcp_ecn", 2, "kept"),
  number("tcp_fastopen", 1, "kept"),
  number("tcp_fin_timeout", 60, "kept"),
  number("tcp_keepalive_intvl", 75, "kept"),
  number("tcp_keepalive_probes", 9, "kept"),
  number("tcp_keepalive_time", 7200, "kept"),
  number("tcp_max_syn_backlog", 1024, "kept"),
  number("tcp_max_tw_buckets", 65536, "kept"),
  number("tcp_moderate_rcvbuf", 1, "kept"),
  number("tcp_retries1", 3, "kept"),
  number("tcp_retries2", 15, "kept"),
  numbers("tcp_rmem", [4096, 131072, 6291456], "kept"),
  number("tcp_sack", 1, "kept"),
  number("tcp_syn_retries", 6, "kept"),
  number("tcp_synack_retries", 5, "kept"),
  number("tcp_syncookies", 1, "kept"),
  number("tcp_timestamps", 1, "kept"),
  number("tcp_tw_reuse", 2, "kept"),
  number("tcp_window_scaling", 1, "kept"),
  numbers("tcp_wmem", [4096, 16384, 4194304], "kept"),
  number("udp_rmem_min", 4096, "kept"),
  number("udp_wmem_min", 4096, "kept"),
];

function device6(name: string): Entry<ProcSystem> {
  return directory(name, [
    number("accept_ra", 1, "kept", `ipv6.${name}.accept_ra`),
    number("disable_ipv6", 0, "kept", `ipv6.${name}.disable_ipv6`),
    number("forwarding", 0, "kept", `ipv6.${name}.forwarding`),
  ]);
}

const IPV6: readonly Entry<ProcSystem>[] = [
  number("bindv6only", 0, "kept"),
  directory("conf", [device6("all"), device6("default"), device6("lo")]),
  number("ip_nonlocal_bind", 0, "kept", "ipv6.ip_nonlocal_bind"),
];

export const SYSCTL_NET: readonly Entry<ProcSystem>[] = [
  directory("core", CORE),
  directory("ipv4", IPV4),
  directory("ipv6", IPV6),
  directory("unix", [number("max_dgram_qlen", 512, "kept")]),
];
