/**
 * Landlock (landlock(7)): which files this process may reach, whatever becomes of it. Descriptors that
 * are open already stay as they are.
 *  - Each thread gets a domain of its own; what is started afterwards inherits that of the main thread.
 *    Only members of a domain may be traced from it: the kernel process reaches the memory of its
 *    stubs, and of nobody else, only if they were started after restrict().
 *  - Rights that the host's Landlock does not know yet are not restricted.
 */
import { HostError } from "../base/failure.ts";
import type { Host } from "./host.ts";

const SYS_PRCTL = 157;
const PR_SET_NO_NEW_PRIVS = 38;
const SYS_CREATE_RULESET = 444;
const SYS_ADD_RULE = 445;
const SYS_RESTRICT_SELF = 446;
const CREATE_RULESET_VERSION = 1;
const RULE_PATH_BENEATH = 1;
const O_PATH_CLOEXEC = 0o12000000;
const AT_FDCWD = -100;

const WRITE_FILE = 1 << 1;
const READ_FILE = 1 << 2;
const READ_DIR = 1 << 3;
/** REMOVE_DIR … MAKE_SYM. */
const CHANGE_NAMES = 0x1ff0;
const REFER = 1 << 13;
const TRUNCATE = 1 << 14;
const IOCTL_DEV = 1 << 15;
/** Not EXECUTE: the warden is started, and after that the filter knows no execve. */
const ALL = WRITE_FILE | READ_FILE | READ_DIR | CHANGE_NAMES | REFER | TRUNCATE | IOCTL_DEV;
/** What a rule for a file that is no directory may say. */
const FILE_RIGHTS = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;
const KNOWN_SINCE: readonly [right: number, abi: number][] = [
  [REFER, 2],
  [TRUNCATE, 3],
  [IOCTL_DEV, 5],
];
const NET_BIND_AND_CONNECT_TCP = 3;
const SCOPE_ABSTRACT_UNIX_SOCKETS_AND_SIGNALS = 3;

export const MAY_READ = READ_FILE | READ_DIR;
export const MAY_WRITE = ALL & ~IOCTL_DEV;
export const MAY_USE = MAY_READ | WRITE_FILE;
export const MAY_USE_DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV;

/** A descriptor or a path, and what may be done at and below it. */
export interface FileGrant {
  at: number | string;
  may: number;
}

/** The host's Landlock version, 0 when it has none. */
export function landlockAbi(host: Host): number {
  return Math.max(0, host.gateway.sys(SYS_CREATE_RULESET, 0, 0, CREATE_RULESET_VERSION));
}

/**
 * No new privileges for any thread, nor for anybody it starts; and on a host with Landlock only these
 * `grants`. The Landlock ABI in force, or 0.
 */
export function restrict(host: Host, grants: FileGrant[], network: boolean): number {
  const abi = landlockAbi(host);
  const calls = [SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0];
  const ruleset = abi < 1 ? -1 : makeRuleset(host, abi, grants, network);
  if (ruleset >= 0) calls.push(SYS_RESTRICT_SELF, ruleset, 0, 0);
  const rc = host.gateway.everywhere(calls);
  if (rc < 0) throw new HostError("landlock_restrict_self", -rc, "a thread could not be locked in");
  if (ruleset < 0) return 0;
  host.close(ruleset);
  return abi;
}

function makeRuleset(host: Host, abi: number, grants: FileGrant[], network: boolean): number {
  const { arena, gateway, structAt } = host;
  const known = KNOWN_SINCE.reduce(
    (mask, [right, since]) => (abi < since ? mask & ~right : mask),
    ALL,
  );
  const size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  arena.u8.fill(0, structAt, structAt + 24);
  arena.view.setUint32(structAt, known, true);
  arena.view.setUint32(structAt + 8, network ? 0 : NET_BIND_AND_CONNECT_TCP, true);
  arena.view.setUint32(structAt + 16, SCOPE_ABSTRACT_UNIX_SOCKETS_AND_SIGNALS, true);
  const ruleset = gateway.sys(SYS_CREATE_RULESET, host.address(structAt), size, 0);
  if (ruleset >= 0) for (const grant of grants) addGrant(host, ruleset, grant, known);
  return ruleset;
}

/** What is not there, or is no file (a pipe, a socket), needs no rule. */
function addGrant(host: Host, ruleset: number, { at, may }: FileGrant, known: number): void {
  const fd = typeof at === "number" ? at : host.openat(AT_FDCWD, at, O_PATH_CLOEXEC);
  if (fd < 0) return;
  const { arena, gateway, structAt } = host;
  for (const rights of [may & known, may & known & FILE_RIGHTS]) {
    arena.view.setUint32(structAt, rights, true);
    arena.view.setUint32(structAt + 4, 0, true);
    arena.view.setInt32(structAt + 8, fd, true);
    if (gateway.sys(SYS_ADD_RULE, ruleset, RULE_PATH_BENEATH, host.address(structAt), 0) === 0)
      break;
  }
  if (typeof at === "string") host.close(fd);
}
