/**
 * dbus-message: messages of D-Bus as bytes and back (D-Bus specification, "Message Format"): a fixed
 * header, fields by number, and a body that the signature among them describes.
 */
import { DbusError, Reader, type Typed, Writer } from "./dbus-wire.ts";

export const METHOD_CALL = 1;
export const METHOD_RETURN = 2;
export const ERROR = 3;
export const SIGNAL = 4;

/** The bytes from which the length of all can be told. */
export const PREFIX = 16;
const MOST_MESSAGE = 1 << 27;
const VERSION = 1;
const FIELDS = "a(yv)";

const PATH = 1;
const INTERFACE = 2;
const MEMBER = 3;
const ERROR_NAME = 4;
const REPLY_SERIAL = 5;
const DESTINATION = 6;
const SENDER = 7;
const SIGNATURE = 8;

export interface Call {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature: string;
  readonly body: readonly unknown[];
}

export interface Message {
  readonly type: number;
  readonly serial: number;
  /** Of the call that this answers; 0 for none. */
  readonly replySerial: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  readonly sender: string;
  readonly body: readonly unknown[];
}

/** `destination`: a name on the bus; none where there is no bus between the two. */
export function encodeCall(call: Call, serial: number, destination: string): Uint8Array {
  const body = new Writer();
  body.all(call.signature, call.body);
  const fields: [number, Typed][] = [
    [PATH, { signature: "o", value: call.path }],
    [INTERFACE, { signature: "s", value: call.interface }],
    [MEMBER, { signature: "s", value: call.member }],
  ];
  if (destination !== "") fields.push([DESTINATION, { signature: "s", value: destination }]);
  if (call.signature !== "") fields.push([SIGNATURE, { signature: "g", value: call.signature }]);
  const message = new Writer();
  message.all("yyyyuu", ["l".charCodeAt(0), METHOD_CALL, 0, VERSION, body.length, serial]);
  message.value(FIELDS, fields);
  message.align(8);
  message.raw(body.bytes);
  return message.bytes;
}

/** How long the message is that begins so; PREFIX bytes tell. */
export function lengthOf(prefix: Uint8Array): number {
  const isLittle = isLittleEndian(prefix);
  if (prefix[3] !== VERSION) throw new DbusError("a message is of another version of D-Bus");
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
  const fields = PREFIX + view.getUint32(12, isLittle);
  const length = fields + ((8 - (fields % 8)) % 8) + view.getUint32(4, isLittle);
  if (length > MOST_MESSAGE) throw new DbusError("a message is too long");
  return length;
}

export function decode(bytes: Uint8Array): Message {
  const reader = new Reader(bytes, { isLittle: isLittleEndian(bytes) });
  const [, type, , , , serial] = reader.all("yyyyuu") as number[];
  const fields = new Map(reader.value(FIELDS) as [number, Typed][]);
  reader.align(8);
  const field = <T>(number: number, signature: string, missing: T): T => {
    const found = fields.get(number);
    if (found === undefined) return missing;
    if (found.signature !== signature) throw new DbusError("a field of a message is malformed");
    return found.value as T;
  };
  return {
    type: type!,
    serial: serial!,
    replySerial: field(REPLY_SERIAL, "u", 0),
    path: field(PATH, "o", ""),
    interface: field(INTERFACE, "s", ""),
    member: field(MEMBER, "s", ""),
    errorName: field(ERROR_NAME, "s", ""),
    sender: field(SENDER, "s", ""),
    body: reader.all(field(SIGNATURE, "g", "")),
  };
}

function isLittleEndian(bytes: Uint8Array): boolean {
  const mark = String.fromCharCode(bytes[0] ?? 0);
  if (mark !== "l" && mark !== "B") throw new DbusError("a message does not begin as one of D-Bus");
  return mark === "l";
}
