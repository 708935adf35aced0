/**
 * Rows: sockets.
 * Source: socket(2), bind(2), connect(2), listen(2), accept(2), send(2), recv(2), sendmmsg(2),
 * getsockopt(2), shutdown(2), socketpair(2).
 */
import { messageFlags, mmsghdr } from "../../abi/msghdr.ts";
import {
  acceptFlags,
  addressFamilies,
  shutdownHow,
  socketLevels,
  socketTypes,
} from "../../abi/socket.ts";
import { array, i32 } from "../../abi/struct.ts";
import { timespec } from "../../abi/time.ts";
import {
  buffer,
  bufferWithLength,
  choice,
  fd,
  flags,
  int,
  message,
  record,
  records,
  size,
  sockaddr,
  uint,
} from "../args.ts";
import { syscall } from "../row.ts";
import * as acceptHandlers from "./accept.ts";
import * as bindHandlers from "./bind.ts";
import * as nameHandlers from "./name.ts";
import * as optionsHandlers from "./options.ts";
import * as receiveHandlers from "./receive.ts";
import * as sendHandlers from "./send.ts";
import * as socketHandlers from "./socket.ts";

export const socket = syscall("socket", {
  x64: 41,
  args: [choice("domain", addressFamilies), flags("type", socketTypes), int("protocol")],
  returns: fd("fd"),
  support: "full",
  run: socketHandlers.socket,
});

export const socketpair = syscall("socketpair", {
  x64: 53,
  args: [
    choice("domain", addressFamilies),
    flags("type", socketTypes),
    int("protocol"),
    record("sv", "out", array(i32, 2)),
  ],
  support: "full",
  run: socketHandlers.socketpair,
});

export const bind = syscall("bind", {
  x64: 49,
  args: [fd("sockfd"), sockaddr("addr", "in", "addrlen"), int("addrlen")],
  support: "full",
  run: bindHandlers.bind,
});

export const connect = syscall("connect", {
  x64: 42,
  args: [fd("sockfd"), sockaddr("addr", "in", "addrlen"), int("addrlen")],
  support: "full",
  run: bindHandlers.connect,
});

export const listen = syscall("listen", {
  x64: 50,
  args: [fd("sockfd"), int("backlog")],
  support: "full",
  run: bindHandlers.listen,
});

export const accept = syscall("accept", {
  x64: 43,
  args: [fd("sockfd"), sockaddr("addr", "out", "addrlen"), record("addrlen", "inout", i32)],
  returns: fd("fd"),
  support: "full",
  run: acceptHandlers.accept,
});

export const accept4 = syscall("accept4", {
  x64: 288,
  args: [
    fd("sockfd"),
    sockaddr("addr", "out", "addrlen"),
    record("addrlen", "inout", i32),
    flags("flags", acceptFlags),
  ],
  returns: fd("fd"),
  support: "full",
  run: acceptHandlers.accept4,
});

export const getsockname = syscall("getsockname", {
  x64: 51,
  args: [fd("sockfd"), sockaddr("addr", "out", "addrlen"), record("addrlen", "inout", i32)],
  support: "full",
  run: nameHandlers.getsockname,
});

export const getpeername = syscall("getpeername", {
  x64: 52,
  args: [fd("sockfd"), sockaddr("addr", "out", "addrlen"), record("addrlen", "inout", i32)],
  support: "full",
  run: nameHandlers.getpeername,
});

export const sendto = syscall("sendto", {
  x64: 44,
  args: [
    fd("sockfd"),
    buffer("buf", "in", "len"),
    size("len"),
    flags("flags", messageFlags),
    sockaddr("dest_addr", "in", "addrlen"),
    int("addrlen"),
  ],
  support: "full",
  run: sendHandlers.sendto,
});

export const recvfrom = syscall("recvfrom", {
  x64: 45,
  args: [
    fd("sockfd"),
    buffer("buf", "out", "len"),
    size("len"),
    flags("flags", messageFlags),
    sockaddr("src_addr", "out", "addrlen"),
    record("addrlen", "inout", i32),
  ],
  support: "full",
  run: receiveHandlers.recvfrom,
});

export const sendmsg = syscall("sendmsg", {
  x64: 46,
  args: [fd("sockfd"), message("msg", "in"), flags("flags", messageFlags)],
  support: "full",
  run: sendHandlers.sendmsg,
});

export const recvmsg = syscall("recvmsg", {
  x64: 47,
  args: [fd("sockfd"), message("msg", "inout"), flags("flags", messageFlags)],
  support: "full",
  run: receiveHandlers.recvmsg,
});

export const sendmmsg = syscall("sendmmsg", {
  x64: 307,
  args: [
    fd("sockfd"),
    records("msgvec", "inout", mmsghdr, "vlen"),
    uint("vlen"),
    flags("flags", messageFlags),
  ],
  support: "full",
  run: sendHandlers.sendmmsg,
});

export const recvmmsg = syscall("recvmmsg", {
  x64: 299,
  args: [
    fd("sockfd"),
    records("msgvec", "inout", mmsghdr, "vlen"),
    uint("vlen"),
    flags("flags", messageFlags),
    record("timeout", "inout", timespec),
  ],
  support: "full",
  run: receiveHandlers.recvmmsg,
});

export const shutdown = syscall("shutdown", {
  x64: 48,
  args: [fd("sockfd"), choice("how", shutdownHow)],
  support: "full",
  run: socketHandlers.shutdown,
});

export const setsockopt = syscall("setsockopt", {
  x64: 54,
  args: [
    fd("sockfd"),
    choice("level", socketLevels),
    int("optname"),
    buffer("optval", "in", "optlen"),
    int("optlen"),
  ],
  support: "full",
  run: optionsHandlers.setsockopt,
});

export const getsockopt = syscall("getsockopt", {
  x64: 55,
  args: [
    fd("sockfd"),
    choice("level", socketLevels),
    int("optname"),
    bufferWithLength("optval", "optlen"),
    record("optlen", "inout", i32),
  ],
  support: "full",
  run: optionsHandlers.getsockopt,
});
