/**
 * A view of /proc that shows processes and nothing else: no /proc/sys to write to. It is a mount of its
 * own, attached nowhere, known only by its descriptor. Needs CAP_SYS_ADMIN and Linux 5.8.
 */
import type { Host } from "./host.ts";

const SYS_FSOPEN = 430;
const SYS_FSCONFIG = 431;
const SYS_FSMOUNT = 432;
const CLOEXEC = 1;
const SET_STRING = 1;
const CMD_CREATE = 6;
const NOSUID_NODEV_NOEXEC = 2 | 4 | 8;

/** The descriptor of its root, or -errno. */
export function openProcessDirectory(host: Host): number {
  const { arena, gateway, structAt } = host;
  const text = (at: number, value: string) => {
    arena.u8.set(Buffer.from(`${value}\0`, "latin1"), structAt + at);
    return host.address(structAt + at);
  };
  const context = gateway.sys(SYS_FSOPEN, text(0, "proc"), CLOEXEC);
  if (context < 0) return context;
  let rc = gateway.sys(SYS_FSCONFIG, context, SET_STRING, text(0, "subset"), text(64, "pid"), 0);
  if (rc >= 0) rc = gateway.sys(SYS_FSCONFIG, context, CMD_CREATE, 0, 0, 0);
  if (rc >= 0) rc = gateway.sys(SYS_FSMOUNT, context, CLOEXEC, NOSUID_NODEV_NOEXEC);
  host.close(context);
  return rc;
}
