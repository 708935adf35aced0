/**
 * dbus: a connection to a D-Bus peer for a command that waits for each answer: a message bus, or a
 * program that speaks D-Bus on a socket of its own, as systemd does.
 *  - Who we are, the peer asks the host (SASL's EXTERNAL without a name): a number would be another one
 *    to a peer outside our user namespace.
 *  - Signals that come while an answer is waited for are kept, MOST_SIGNALS of them.
 *  - Everything has a deadline; a peer that is silent, or says what D-Bus does not, is a DbusError.
 */
import { EAGAIN } from "../../../abi/errno.ts";
import { errnoText } from "../../../abi/errno-text.ts";
import { byteString } from "../../../host/bytes.ts";
import type { Host } from "../../../host/host.ts";
import { Streams } from "../../../host/streams.ts";
import {
  type Call,
  decode,
  ERROR,
  encodeCall,
  lengthOf,
  METHOD_RETURN,
  type Message,
  PREFIX,
  SIGNAL,
} from "./dbus-message.ts";
import { DbusError } from "./dbus-wire.ts";

const CONNECT_MS = 5_000;
const CALL_MS = 25_000;
const MOST_SIGNALS = 4096;
const MOST_LINE = 16384;

export interface Endpoint {
  /** The socket's name as a byte string; one in the abstract namespace begins with NUL. */
  readonly socket: string;
  /** A bus, on which others are called by name; else who listens is the one meant. */
  readonly isBus: boolean;
}

/** What the peer answered instead. */
export class RemoteError extends DbusError {
  /** "org.freedesktop.systemd1.NoSuchUnit" */
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(message === "" ? kind : message);
    this.kind = kind;
  }
}

/** The sockets that an address of D-Bus names: those of the kind unix, others are left out. */
export function endpointsOf(address: string): Endpoint[] {
  return address.split(";").flatMap((each) => {
    const [transport, ...rest] = each.split(":");
    if (transport !== "unix") return [];
    const values = new Map(
      rest
        .join(":")
        .split(",")
        .map((pair) => pair.split("=", 2) as [string, string]),
    );
    const path = values.get("path");
    const name = values.get("abstract");
    if (path !== undefined) return [{ socket: unescaped(path), isBus: true }];
    if (name !== undefined) return [{ socket: `\0${unescaped(name)}`, isBus: true }];
    return [];
  });
}

/** %2C is a comma. */
function unescaped(text: string): string {
  const bytes = byteString(text);
  return bytes.replace(/%([0-9a-fA-F]{2})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

export class Dbus {
  readonly #host: Host;
  readonly #streams: Streams;
  readonly #fd: number;
  readonly #isBus: boolean;
  readonly #signals: Message[] = [];
  #pending: Uint8Array = new Uint8Array(0);
  #serial = 0;

  /** The connection, or -errno where nobody listens. */
  static connect(host: Host, { socket, isBus }: Endpoint): Dbus | number {
    const streams = new Streams(host);
    const fd = streams.connect(socket, CONNECT_MS);
    if (fd < 0) return fd;
    const bus = new Dbus(host, streams, fd, isBus);
    try {
      bus.#begin();
    } catch (error) {
      bus.close();
      throw error;
    }
    return bus;
  }

  private constructor(host: Host, streams: Streams, fd: number, isBus: boolean) {
    this.#host = host;
    this.#streams = streams;
    this.#fd = fd;
    this.#isBus = isBus;
  }

  get isBus(): boolean {
    return this.#isBus;
  }

  close(): void {
    this.#host.close(this.#fd);
  }

  /** Make a call of `destination`, and wait for what it returns. */
  call(destination: string, call: Call, timeoutMs = CALL_MS): readonly unknown[] {
    const until = Date.now() + timeoutMs;
    const serial = ++this.#serial;
    this.#send(encodeCall(call, serial, this.#isBus ? destination : ""), until);
    for (;;) {
      const message = this.#receive(until, `the answer to ${call.member}`);
      if (message.type === SIGNAL) this.#keep(message);
      if (message.replySerial !== serial) continue;
      if (message.type === METHOD_RETURN) return message.body;
      if (message.type !== ERROR) continue;
      const [text] = message.body;
      throw new RemoteError(message.errorName, typeof text === "string" ? text : "");
    }
  }

  /** The first signal that `isMeant`, of those that have come and those to come. */
  awaitSignal(isMeant: (signal: Message) => boolean, timeoutMs: number, what: string): Message {
    const until = Date.now() + timeoutMs;
    const at = this.#signals.findIndex(isMeant);
    if (at >= 0) return this.#signals.splice(at, 1)[0]!;
    for (;;) {
      const message = this.#receive(until, what);
      if (message.type !== SIGNAL) continue;
      if (isMeant(message)) return message;
      this.#keep(message);
    }
  }

  /** Whoever talks and talks does not fill our memory. */
  #keep(signal: Message): void {
    if (this.#signals.length === MOST_SIGNALS) this.#signals.shift();
    this.#signals.push(signal);
  }

  // --- the beginning --------------------------------------------------------------------------

  /**
   * All in one piece: systemd overlooks a message that it reads together with BEGIN, until another
   * one comes. What is sent after its OK it reads apart.
   */
  #begin(): void {
    const until = Date.now() + CONNECT_MS;
    this.#send(Buffer.from("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", "latin1"), until);
    let answer = this.#line(until);
    if (/^DATA\b/.test(answer)) answer = this.#line(until);
    if (!answer.startsWith("OK ")) throw new DbusError("it does not let this user in");
    if (!this.#isBus) return;
    this.call(BUS, { ...TO_BUS, member: "Hello", signature: "", body: [] }, CONNECT_MS);
  }

  /** Have the bus send us signals that match this rule. */
  match(rule: string): void {
    this.call(BUS, { ...TO_BUS, member: "AddMatch", signature: "s", body: [rule] });
  }

  #line(until: number): string {
    for (;;) {
      const end = this.#pending.indexOf(LINE_FEED);
      if (end >= 0)
        return Buffer.from(this.#take(end + 1))
          .toString("latin1")
          .trimEnd();
      if (this.#pending.length > MOST_LINE) throw new DbusError("it does not speak D-Bus");
      this.#more(until, "who we are");
    }
  }

  // --- bytes ----------------------------------------------------------------------------------

  #send(bytes: Uint8Array, until: number): void {
    const rc = this.#streams.send(this.#fd, bytes, left(until));
    if (rc < 0) throw new DbusError(`it cannot be told: ${errnoText(-rc)}`);
  }

  #receive(until: number, what: string): Message {
    while (this.#pending.length < PREFIX) this.#more(until, what);
    const length = lengthOf(this.#pending);
    while (this.#pending.length < length) this.#more(until, what);
    return decode(this.#take(length));
  }

  #take(length: number): Uint8Array {
    const taken = this.#pending.slice(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }

  #more(until: number, what: string): void {
    const part = this.#streams.receive(this.#fd, left(until));
    if (part === -EAGAIN || Date.now() > until)
      throw new DbusError(`it has not given ${what} in time`);
    if (typeof part === "number") throw new DbusError(`it cannot be heard: ${errnoText(-part)}`);
    if (part.length === 0) throw new DbusError("it has closed the connection");
    this.#pending = Buffer.concat([this.#pending, part]);
  }
}

const LINE_FEED = 10;
const BUS = "org.freedesktop.DBus";
const TO_BUS = { path: "/org/freedesktop/DBus", interface: BUS } as const;

function left(until: number): number {
  return until - Date.now();
}
