/**
 * Console: the user's terminal on one side, a pty of the guest on the other.
 *  - attach() makes the pty the controlling terminal of a program, on its descriptors 0-2.
 *  - The user's terminal is raw meanwhile; restore() puts it back, also when Node exits for any reason.
 *  - Bytes wait where they are when the other side is slow: in the pty, or in the host's pipe.
 *  - resized() and continued() are for whoever catches SIGWINCH and SIGCONT.
 * Input that is no terminal works too: after its end every read finds the end of file.
 */

import process from "node:process";
import { EAGAIN, EINTR } from "../abi/errno.ts";
import { O_RDWR } from "../abi/fcntl.ts";
import { TCGETS, TCSETS, TIOCGWINSZ } from "../abi/ioctl.ts";
import { POLLHUP, POLLIN, POLLOUT } from "../abi/poll.ts";
import { IUTF8, termios, VEOF, VERASE, winsize } from "../abi/termios.ts";
import { HostError } from "../base/failure.ts";
import { nap } from "../base/nap.ts";
import type { Waiter, WaitQueue } from "../base/wait-queue.ts";
import type { Devpts } from "../fs/devpts/filesystem.ts";
import type { Host } from "../host/host.ts";
import type { Credentials } from "../kernel/cred/credentials.ts";
import type { Task } from "../kernel/task/task.ts";
import type { Pty } from "../kernel/tty/pty.ts";
import { Termios } from "../kernel/tty/termios.ts";
import type { HostListener, StubPlatform } from "../platform/stub/platform.ts";
import { HostEnd } from "./host-end.ts";

/** Descriptors of the program. */
const STREAMS = [0, 1, 2];
const DEFAULT_ROWS = 24;
const DEFAULT_COLUMNS = 80;
const CHUNK = 4096;
/** At the end: how long output may make no progress before the rest is given up. */
const DRAIN_PATIENCE_MS = 2000;
const DRAIN_NAP_MS = 5;

/** Host descriptors of the user's side; input and output may be closed afterwards. */
export interface UserTerminal {
  readonly input: number;
  readonly output: number;
  /** Others that may know the window's size. */
  readonly others: readonly number[];
}

const OWN_STREAMS: UserTerminal = { input: 0, output: 1, others: [2] };

export class Console implements HostListener, Waiter {
  readonly pty: Pty;
  readonly #host: Host;
  readonly #platform: StubPlatform;
  readonly #user: UserTerminal;
  readonly #input: HostEnd;
  readonly #output: HostEnd;
  /** Input as it was given: what we open once more under the walls takes no modes. */
  readonly #control: number;
  /** The user's modes, while ours are in force. */
  #saved: Uint8Array | null = null;
  #raw: Uint8Array | null = null;
  readonly #chunk = new Uint8Array(CHUNK);
  /** Output taken from the pty that the user's side has not taken yet. */
  #pending: Uint8Array = new Uint8Array(0);
  #isPumping = false;
  #inputEnded = false;
  #outputBroken = false;
  #isEnding = false;

  constructor(
    host: Host,
    platform: StubPlatform,
    devpts: Devpts,
    owner: Credentials,
    user: UserTerminal = OWN_STREAMS,
  ) {
    this.#host = host;
    this.#user = user;
    this.#platform = platform;
    const pty = devpts.newPty(owner);
    if (typeof pty === "number") throw new HostError("newPty", -pty);
    this.pty = pty;
    pty.locked = false;
    this.#input = new HostEnd(host, user.input);
    this.#output = new HostEnd(host, user.output);
    this.#control = host.dup(user.input);
  }

  // --- begin ----------------------------------------------------------------------------------

  /** The program of `task` leads a session on this terminal. Before it is started. */
  attach(task: Task): void {
    const { group, kernel, files } = task;
    if (group.session.leader !== group) kernel.newSession(group);
    const file = this.pty.home.openPeer(task, this.pty, O_RDWR);
    if (typeof file === "number") throw new HostError("openPeer", -file);
    for (const fd of STREAMS) files.replace(task, fd, fd === 0 ? file : file.ref(), false);
    this.#takeTerminal();
    this.resized();
    this.pty.queue.add(this, POLLIN | POLLOUT | POLLHUP);
    this.#watchInput();
  }

  /** Raw mode for the user's terminal; the guest's gets what the user's keyboard needs. */
  #takeTerminal(): void {
    const modes = this.#readModes();
    if (modes === null) return;
    this.#saved = modes.slice();
    const view = new DataView(modes.buffer);
    const own = new Termios();
    own.decode(view, 0, false);
    const { tty } = this.pty;
    tty.termios.iflag |= own.iflag & IUTF8;
    tty.termios.cc[VERASE] = own.cc[VERASE]!;
    own.makeRaw();
    own.encode(view, 0, false);
    this.#raw = modes;
    process.once("exit", this.#restoreAtExit);
    this.#writeModes(this.#raw);
  }

  readonly #restoreAtExit = () => this.restore();

  /** The user's terminal as it was. Any number of times. */
  restore(): void {
    if (this.#saved === null) return;
    this.#writeModes(this.#saved);
    this.#saved = null;
    process.removeListener("exit", this.#restoreAtExit);
  }

  #readModes(): Uint8Array | null {
    const host = this.#host;
    if (host.ioctlStruct(this.#control, TCGETS) < 0) return null;
    return host.arena.u8.slice(host.structAt, host.structAt + termios.size);
  }

  #writeModes(modes: Uint8Array): void {
    const host = this.#host;
    host.arena.u8.set(modes, host.structAt);
    host.ioctlStruct(this.#control, TCSETS);
  }

  // --- signals of the user's terminal ---------------------------------------------------------

  /** SIGWINCH, and at the start. */
  resized(): void {
    const host = this.#host;
    for (const fd of [this.#control, this.#output.fd, ...this.#user.others]) {
      if (host.ioctlStruct(fd, TIOCGWINSZ) < 0) continue;
      const size = winsize.read(host.arena.view, host.structAt);
      if (size.ws_row === 0 || size.ws_col === 0) continue;
      this.pty.resize(size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
      return;
    }
    const { windowSize } = this.pty.tty;
    if (this.#user === OWN_STREAMS && windowSize.rows === 0)
      this.pty.resize(DEFAULT_ROWS, DEFAULT_COLUMNS);
  }

  /** SIGCONT: a shell has put its own modes in force while we were stopped. */
  continued(): void {
    if (this.#raw !== null && this.#saved !== null) this.#writeModes(this.#raw);
    this.resized();
  }

  // --- relay ----------------------------------------------------------------------------------

  onHostEvent(fd: number, _events: number): void {
    if (fd === this.#input.fd) this.#pumpInput();
    else this.#pumpOutput();
  }

  /** The pty has output, or room for input. */
  onWake(_queue: WaitQueue, mask: number): boolean {
    if ((mask & POLLIN) !== 0) this.#pumpOutput();
    if ((mask & POLLOUT) !== 0 && !this.#inputEnded) this.#watchInput();
    return true;
  }

  #watchInput(): void {
    const rc = this.#platform.watch(this.#input.fd, POLLIN, this);
    // Files cannot be watched: they are always ready.
    if (rc < 0) this.#pumpInput();
  }

  #pumpInput(): void {
    const { pty } = this;
    while (!this.#inputEnded) {
      if (pty.writeRoom === 0) {
        this.#platform.unwatch(this.#input.fd);
        return;
      }
      const n = this.#input.read(this.#chunk, Math.min(CHUNK, pty.writeRoom));
      if (n === -EAGAIN || n === -EINTR) return;
      if (n <= 0) this.#endInput(n);
      else pty.masterWrite(this.#chunk, 0, n);
    }
  }

  /** The end of the user's input; a terminal that is gone hangs up. */
  #endInput(error: number): void {
    this.#inputEnded = true;
    this.#platform.unwatch(this.#input.fd);
    if (error < 0 && this.#saved !== null) {
      this.pty.closeMaster();
      return;
    }
    // The character gives a reader what was typed of a line; from then on there is only the end.
    const eof = this.pty.tty.termios.cc[VEOF]!;
    if (this.pty.tty.isCanonical && eof !== 0) this.pty.masterWrite(Uint8Array.of(eof));
    this.pty.endInput();
  }

  /** Reading the pty makes it emit pending echoes, which wakes us again: once at a time. */
  #pumpOutput(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#writePending() && this.pty.readable > 0) {
      const bytes = new Uint8Array(this.pty.readable);
      this.pty.masterRead(bytes);
      this.#pending = bytes;
    }
    this.#isPumping = false;
    if (this.#isEnding && this.#pending.length === 0 && this.pty.readable === 0) this.#close();
  }

  /** False while the user's side takes no more. */
  #writePending(): boolean {
    const output = this.#output;
    while (this.#pending.length > 0 && !this.#outputBroken) {
      const n = output.write(this.#pending);
      if (n === -EAGAIN || n === -EINTR) {
        this.#platform.watch(output.fd, POLLOUT, this);
        return false;
      }
      if (n < 0) this.#outputBroken = true;
      else this.#pending = this.#pending.subarray(n);
    }
    if (this.#outputBroken) this.#pending = new Uint8Array(0);
    this.#platform.unwatch(output.fd);
    return true;
  }

  // --- end ------------------------------------------------------------------------------------

  /** The program is over and the sandbox is not: what it still had to say goes when it can. */
  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#platform.unwatch(this.#input.fd);
    this.#inputEnded = true;
    this.#pumpOutput();
  }

  #close(): void {
    this.#isEnding = false;
    this.pty.queue.remove(this);
    this.#platform.unwatch(this.#input.fd);
    this.#platform.unwatch(this.#output.fd);
    this.restore();
    this.#input.close();
    this.#output.close();
    this.#host.close(this.#control);
  }

  /** The program is over: show what it still had to say, and give the terminal back. */
  finish(): void {
    this.pty.queue.remove(this);
    this.#platform.unwatch(this.#input.fd);
    let patience = DRAIN_PATIENCE_MS;
    for (;;) {
      const before = this.#pending.length + this.pty.outgoing.length;
      this.#pumpOutput();
      const left = this.#pending.length + this.pty.outgoing.length;
      if (left === 0 || patience <= 0) break;
      patience = left < before ? DRAIN_PATIENCE_MS : patience - DRAIN_NAP_MS;
      nap(DRAIN_NAP_MS);
    }
    this.#close();
  }
}
