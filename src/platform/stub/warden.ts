/**
 * Warden: the kernel's side of native/stub/warden.c, the parent of all stubs.
 *  - start() runs the program and learns what the host granted: namespaces, an empty root, a user.
 *  - owns() tells a stub's process from one that merely has its number by now: every stub is in the
 *    warden's session, which none can leave.
 *  - hostTid(): a thread's number as the kernel process must give it; in a pid namespace the stub
 *    knows another one.
 */
import { HostError, KernelBug } from "../../base/failure.ts";
import { latin1 } from "../../host/bytes.ts";
import type { Host } from "../../host/host.ts";

const AF_UNIX = 1;
const SOCK_SEQPACKET_CLOEXEC = 5 | 0o2000000;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const SYS_WAIT4 = 61;
const O_RDONLY_CLOEXEC = 0o2000000;
const O_WRONLY_CLOEXEC = 0o2000001;
const SIGKILL = 9;
/**
 * Its memory becomes the guest's: its libc must not leave an area for restartable sequences registered,
 * which the host would write to after it is unmapped.
 */
const ENVIRONMENT = ["GLIBC_TUNABLES=glibc.pthread.rseq=0"];
/** Where receiveSender() leaves the message, behind structAt. */
const MESSAGE = 256;

/** What the sandbox wants of the host; what cannot be had is left out. */
export interface Isolation {
  namespaces: boolean;
  /** The user id that stubs shall have; 0 for the kernel process's own. */
  user: number;
}

export const NO_ISOLATION: Isolation = { namespaces: false, user: 0 };

export class Warden {
  readonly #host: Host;
  readonly #vdsoAt: number;
  /** Its pid for us and, in its own namespace, for its children. */
  pid = 0;
  pidInside = 0;
  /** 0: none; 1: pid, mount, net, ipc, uts; 2: those and user. */
  namespaces = 0;
  hasEmptyRoot = false;
  /** The user that stubs are, 0 for ours. */
  user = 0;
  /** The process group that every stub is in and cannot leave. */
  stubGroup = 0;
  socket = -1;
  #started = 0;
  readonly #tids = new Map<string, number>();

  constructor(host: Host, vdsoAt: number) {
    this.#host = host;
    this.#vdsoAt = vdsoAt;
  }

  /** `given`: doorbell, the template's control socket and slot memory, the kernel page. */
  spawn(path: string, given: number[], { namespaces, user }: Isolation): void {
    const host = this.#host;
    const sockets = host.socketpair(AF_UNIX, SOCK_SEQPACKET_CLOEXEC);
    if (typeof sockets === "number") throw new HostError("socketpair", -sockets);
    const [ours, theirs] = sockets;
    this.socket = ours;
    host.setsockoptInt(ours, SOL_SOCKET, SO_PASSCRED, 1);
    const argument = `${this.#vdsoAt.toString(16)},${namespaces ? 1 : 0},${user}`;
    this.#started = host.gateway.spawn(
      [path, path, argument],
      ENVIRONMENT,
      "/",
      [-1, -1, -1, theirs, ...given],
      0,
    );
    host.close(theirs);
    if (this.#started < 0)
      throw new HostError("vfork", -this.#started, "the warden could not be started");
  }

  /** The template is up, so the warden's message is there. `template`: its pid. */
  meet(template: number): void {
    const host = this.#host;
    this.pid = host.receiveSender(this.socket);
    if (this.pid <= 0) throw new KernelBug("the warden started a stub and said nothing");
    const at = host.structAt + MESSAGE;
    const word = (i: number) => host.arena.view.getInt32(at + 4 * i, true);
    this.pidInside = word(0);
    this.namespaces = word(1);
    this.hasEmptyRoot = word(2) === 1;
    this.user = word(3);
    this.stubGroup = template;
    // In namespaces goes on a child of ours by another number; who made it has ended.
    if (this.pid !== this.#started) host.gateway.sys(SYS_WAIT4, this.#started, 0, 0, 0);
    this.#preferVictim(template);
  }

  /** When memory runs out, a guest is to go before the kernel. Later stubs inherit it. */
  #preferVictim(template: number): void {
    const fd = this.#host.openProcess(template, "oom_score_adj", O_WRONLY_CLOEXEC);
    if (fd < 0) return;
    this.#host.write(fd, Buffer.from("500", "latin1"));
    this.#host.close(fd);
  }

  /** Is the process with this number, now, a stub? */
  owns(pid: number): boolean {
    return this.#host.getsid(pid) === this.pid;
  }

  /** Ask it to reap whoever has ended. */
  reap(): void {
    const { arena, structAt } = this.#host;
    this.#host.write(this.socket, arena.u8.subarray(structAt, structAt + 1));
  }

  /** It is gone. Stubs die with it; what a guest has hidden from it may not. */
  finish(): void {
    if (this.stubGroup > 0) this.#host.killGroup(this.stubGroup, SIGKILL);
  }

  /** Kills every stub. */
  close(): void {
    if (this.socket >= 0) this.#host.close(this.socket);
    this.socket = -1;
  }

  // --- threads --------------------------------------------------------------------------------

  /** Our number for the thread that calls itself `inside`, or -1. What it says of itself is a claim. */
  hostTid(pid: number, inside: number, again = false): number {
    if (this.namespaces === 0) return inside;
    const key = `${pid}:${inside}`;
    const known = this.#tids.get(key);
    if (known !== undefined && !again) return known;
    for (const tid of this.#tidsOf(pid)) {
      const status = this.#read(pid, `task/${tid}/status`);
      const last = /^NSpid:.*\t(\d+)$/m.exec(status)?.[1];
      if (last !== undefined) this.#tids.set(`${pid}:${last}`, Number(tid));
    }
    return this.#tids.get(key) ?? -1;
  }

  /** The process is gone, and its numbers with it. */
  forget(pid: number): void {
    for (const key of this.#tids.keys()) if (key.startsWith(`${pid}:`)) this.#tids.delete(key);
  }

  #tidsOf(pid: number): string[] {
    const host = this.#host;
    const fd = host.openProcess(pid, "task", O_RDONLY_CLOEXEC);
    if (fd < 0) return [];
    const found: string[] = [];
    for (let n = host.getdents64(fd); n > 0; n = host.getdents64(fd))
      for (let at = 0; at < n; at += host.io[at + 16] | (host.io[at + 17] << 8)) {
        const name = latin1(host.io, at + 19, 12).split("\0", 1)[0];
        if (/^\d+$/.test(name)) found.push(name);
      }
    host.close(fd);
    return found;
  }

  #read(pid: number, name: string): string {
    const host = this.#host;
    const fd = host.openProcess(pid, name, O_RDONLY_CLOEXEC);
    if (fd < 0) return "";
    const n = host.readIo(fd, 4096);
    host.close(fd);
    return n > 0 ? latin1(host.io, 0, n) : "";
  }
}
