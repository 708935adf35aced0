/**
 * native: where the C programs are, and the host through the gateway among them.
 */
import { fileURLToPath } from "node:url";
import { Host } from "../host/host.ts";

export function nativePath(name: string): string {
  return fileURLToPath(new URL(`../../native/build/${name}`, import.meta.url));
}

/** The host as this process sees it, before any wall. */
export function openHost(): Host {
  return new Host(nativePath("gateway.node"));
}
