/**
 * Launch: host calls of command lines, and of a sandbox before it locks itself down: other programs, locks
 * on files, terminals, namespaces of the host, its own session. None of them is in the lock-down's table.
 * As in Host, methods return a value >= 0 or -errno.
 */
import { EINTR } from "../abi/errno.ts";
import { AT_FDCWD, O_CLOEXEC, O_NOCTTY, O_RDWR } from "../abi/fcntl.ts";
import { TCGETS, TIOCGPTN, TIOCSCTTY, TIOCSPTLCK, TIOCSWINSZ } from "../abi/ioctl.ts";
import { IFF_UP, SIOCGIFFLAGS, SIOCSIFFLAGS } from "../abi/ioctl-net.ts";
import { POLLIN, pollfd } from "../abi/poll.ts";
import { AF_INET, SOCK_CLOEXEC, SOCK_DGRAM } from "../abi/socket.ts";
import { winsize } from "../abi/termios.ts";
import { HostError } from "../base/failure.ts";
import { byteString } from "./bytes.ts";
import type { Host } from "./host.ts";

const SYS_POLL = 7;
const SYS_IOCTL = 16;
const SYS_DUP2 = 33;
const SYS_SOCKET = 41;
const SYS_WAIT4 = 61;
const SYS_FCNTL = 72;
const SYS_FLOCK = 73;
const SYS_SETSID = 112;
const SYS_UNSHARE = 272;
const SYS_SETNS = 308;
const LOCK_EX = 2;
const F_SETFD = 2;
/** `struct ifreq`: a name, and 24 bytes of whatever is asked. */
const IFREQ_FLAGS = 16;

/** What awaitEither() tells, and awaits. */
export const FIRST = 1;
export const SECOND = 2;
export const FOREVER = -1;

/** A program to start. */
export interface Program {
  /** Its path, and its arguments from the 0th on. */
  readonly words: readonly string[];
  readonly environment: readonly string[];
  readonly directory: string;
  /** Its 0, 1, 2 …; -1 for /dev/null. Nothing else is open in it. */
  readonly descriptors: readonly number[];
  readonly leadsSession: boolean;
}

export interface End {
  readonly status: number;
  /** 0: none. */
  readonly signal: number;
}

export class Launch {
  readonly host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  /** Wait for the lock on an open file; it is given back by close(). */
  lock(fd: number): number {
    return this.host.gateway.sys(SYS_FLOCK, fd, LOCK_EX);
  }

  /** `fd` is to be number `place`, and to survive an exec. */
  place(fd: number, place: number): number {
    const { gateway } = this.host;
    return fd === place ? gateway.sys(SYS_FCNTL, fd, F_SETFD, 0) : gateway.sys(SYS_DUP2, fd, place);
  }

  // --- other programs -------------------------------------------------------------------------

  /** The pid of a child that runs this program. Node's child_process costs 14 ms to load. */
  spawn({ words, environment, directory, descriptors, leadsSession }: Program): number {
    return this.host.gateway.spawn(
      words.map(byteString),
      environment.map(byteString),
      byteString(directory),
      descriptors,
      leadsSession ? 1 : 0,
    );
  }

  /** How a child ended, once it has: its exit status, or the signal that ended it. */
  reap(pid: number): End {
    const { arena, gateway, structAt } = this.host;
    const rc = gateway.sys(SYS_WAIT4, pid, this.host.address(structAt), 0, 0);
    if (rc < 0) throw new HostError("wait4", -rc);
    const word = arena.view.getInt32(structAt, true);
    return { status: (word >> 8) & 0xff, signal: word & 0x7f };
  }

  /** Wait until one of two descriptors (-1: none) is readable: FIRST, SECOND or both; 0 when it took `timeoutMs`. */
  awaitEither(first: number, second: number, timeoutMs: number): number {
    const { arena, gateway, structAt } = this.host;
    for (const [i, fd] of [first, second].entries())
      pollfd.write(arena.view, structAt + pollfd.size * i, { fd, events: POLLIN, revents: 0 });
    let rc: number;
    do rc = gateway.sys(SYS_POLL, this.host.address(structAt), 2, timeoutMs);
    while (rc === -EINTR);
    if (rc < 0) throw new HostError("poll", -rc);
    const isReady = (i: number) =>
      pollfd.read(arena.view, structAt + pollfd.size * i).revents !== 0;
    return rc === 0 ? 0 : (isReady(0) ? FIRST : 0) | (isReady(1) ? SECOND : 0);
  }

  // --- terminals ------------------------------------------------------------------------------

  /** isatty(3), without Node's tty module, which loads its streams. */
  isTerminal(fd: number): boolean {
    return this.#ioctlStruct(fd, TCGETS) === 0;
  }

  /** A new pseudoterminal: [master, slave]. */
  openTerminal(rows: number, columns: number): [number, number] | number {
    const { host } = this;
    const master = host.openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return master;
    host.arena.view.setInt32(host.structAt, 0, true);
    let rc = this.#ioctlStruct(master, TIOCSPTLCK);
    if (rc === 0) rc = this.#ioctlStruct(master, TIOCGPTN);
    if (rc < 0) return this.#drop(master, rc);
    const name = `/dev/pts/${host.arena.view.getInt32(host.structAt, true)}`;
    const slave = host.openat(AT_FDCWD, name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) return this.#drop(master, slave);
    if (rows > 0 && columns > 0) this.#resize(master, rows, columns);
    return [master, slave];
  }

  #resize(fd: number, rows: number, columns: number): void {
    const { arena, structAt } = this.host;
    winsize.write(arena.view, structAt, { ws_row: rows, ws_col: columns });
    this.#ioctlStruct(fd, TIOCSWINSZ);
  }

  /** A new session, and `terminal` (if it is one) its controlling terminal. */
  leadSession(terminal: number): void {
    this.host.gateway.sys(SYS_SETSID);
    if (terminal >= 0) this.host.gateway.sys(SYS_IOCTL, terminal, TIOCSCTTY, 0);
  }

  // --- namespaces of the host -----------------------------------------------------------------

  /** Enter the namespace that this file names; CLONE_NEW*. */
  enterNamespace(path: string, type: number): number {
    const fd = this.host.openat(AT_FDCWD, path, O_CLOEXEC);
    if (fd < 0) return fd;
    const rc = this.host.gateway.everywhere([SYS_SETNS, fd, type, 0]);
    this.host.close(fd);
    return rc;
  }

  /** A new namespace, for every thread the same one. `name`: its entry in /proc/PID/ns. */
  makeNamespace(name: string, type: number): number {
    const rc = this.host.gateway.sys(SYS_UNSHARE, type);
    return rc < 0 ? rc : this.enterNamespace(`/proc/self/ns/${name}`, type);
  }

  /** `ip link set lo up` in the network namespace that we are in. */
  raiseLoopback(): number {
    const { host } = this;
    const { arena, structAt } = host;
    const fd = host.gateway.sys(SYS_SOCKET, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return fd;
    arena.u8.fill(0, structAt, structAt + 40);
    arena.u8.set(Buffer.from("lo", "latin1"), structAt);
    let rc = this.#ioctlStruct(fd, SIOCGIFFLAGS);
    if (rc === 0) {
      const flags = arena.view.getInt16(structAt + IFREQ_FLAGS, true);
      arena.view.setInt16(structAt + IFREQ_FLAGS, flags | IFF_UP, true);
      rc = this.#ioctlStruct(fd, SIOCSIFFLAGS);
    }
    host.close(fd);
    return rc;
  }

  #ioctlStruct(fd: number, command: number): number {
    const { host } = this;
    return host.gateway.sys(SYS_IOCTL, fd, command, host.address(host.structAt));
  }

  #drop(fd: number, error: number): number {
    this.host.close(fd);
    return error;
  }
}
