/** listening: a free port for a server of a test, and when the server listens there. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;

/** A port of 127.0.0.1 that nobody had a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Whether something listens within `mostMs`, while `server` lives. */
export async function isListening(
  server: ChildProcess,
  port: number,
  mostMs: number,
): Promise<boolean> {
  const deadline = Date.now() + mostMs;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isUp = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return true;
    if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline)
      return false;
    await sleep(POLL_MS);
  }
}
