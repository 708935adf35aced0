/**
 * Capabilities of this process (capabilities(7)): what root's threads keep. Sets are 64-bit masks.
 * capget and capset are called while the process sets itself up, before the lock-down filter.
 */
import { HostError } from "../base/failure.ts";
import type { Host } from "./host.ts";

const SYS_CAPGET = 125;
const SYS_CAPSET = 126;
const VERSION_3 = 0x20080522;

/** Header at structAt, the two halves of effective, permitted and inheritable behind it. */
function get(host: Host): number {
  const { arena, gateway, structAt } = host;
  arena.u8.fill(0, structAt, structAt + 32);
  arena.view.setUint32(structAt, VERSION_3, true);
  return gateway.sys(SYS_CAPGET, host.address(structAt), host.address(structAt + 8));
}

/** The permitted set. */
export function permittedCapabilities(host: Host): bigint {
  if (get(host) < 0) return 0n;
  const { view } = host.arena;
  const at = host.structAt + 8;
  return BigInt(view.getUint32(at + 4, true)) | (BigInt(view.getUint32(at + 16, true)) << 32n);
}

/** Every thread keeps of its capabilities those in `keep`, and can never have another again. */
export function dropCapabilities(host: Host, keep: bigint): void {
  const left = permittedCapabilities(host) & keep;
  const { view } = host.arena;
  const at = host.structAt + 8;
  for (const half of [0, 1]) {
    const bits = Number((left >> BigInt(32 * half)) & 0xffffffffn);
    view.setUint32(at + 12 * half, bits, true);
    view.setUint32(at + 12 * half + 4, bits, true);
    view.setUint32(at + 12 * half + 8, 0, true);
  }
  const rc = host.gateway.everywhere([
    SYS_CAPSET,
    host.address(host.structAt),
    host.address(at),
    0,
  ]);
  if (rc < 0) throw new HostError("capset", -rc);
}
