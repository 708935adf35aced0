/**
 * NetlinkWriter: lays out the answer to one netlink request: messages of a header, a body and
 * attributes, each aligned to four bytes (netlink(7)).
 */
import { NLM_F_MULTI, NLMSG_DONE, NLMSG_ERROR, nlattr, nlmsghdr } from "../../abi/netlink.ts";

const CAPACITY = 65536;

function align(length: number): number {
  return (length + 3) & ~3;
}

export class NetlinkWriter {
  readonly #bytes = new Uint8Array(CAPACITY);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #sequence: number;
  readonly #pid: number;
  #start = 0;
  #used = 0;

  /** Answers go to port `pid` and carry the request's sequence number. */
  constructor(sequence: number, pid: number) {
    this.#sequence = sequence;
    this.#pid = pid;
  }

  /** What was written since the last take(). */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#used);
    this.#used = 0;
    return bytes;
  }

  /** Begin a message with a body of `size` zero bytes: where the body is. */
  begin(type: number, flags: number, size: number): { view: DataView; at: number } {
    this.#start = this.#used;
    nlmsghdr.write(this.#view, this.#start, {
      nlmsg_len: 0,
      nlmsg_type: type,
      nlmsg_flags: flags,
      nlmsg_seq: this.#sequence,
      nlmsg_pid: this.#pid,
    });
    const at = this.#start + nlmsghdr.size;
    this.#bytes.fill(0, at, at + align(size));
    this.#used = at + align(size);
    return { view: this.#view, at };
  }

  attribute(type: number, data: Uint8Array): void {
    const at = this.#used;
    const length = nlattr.size + data.length;
    nlattr.write(this.#view, at, { nla_len: length, nla_type: type });
    this.#bytes.fill(0, at + nlattr.size, at + align(length));
    this.#bytes.set(data, at + nlattr.size);
    this.#used = at + align(length);
  }

  number(type: number, value: number): void {
    this.attribute(type, new Uint8Array(Uint32Array.of(value).buffer));
  }

  /** A string with its NUL. */
  text(type: number, value: string): void {
    const bytes = new Uint8Array(value.length + 1);
    for (let i = 0; i < value.length; i++) bytes[i] = value.charCodeAt(i);
    this.attribute(type, bytes);
  }

  end(): void {
    this.#view.setUint32(this.#start, this.#used - this.#start, true);
  }

  /** The end of a dump. */
  done(): void {
    this.begin(NLMSG_DONE, NLM_F_MULTI, 4);
    this.end();
  }

  /** NLMSG_ERROR with the request's header; errno 0 acknowledges. */
  error(errno: number, request: Uint8Array): void {
    const { view, at } = this.begin(NLMSG_ERROR, 0, 4 + nlmsghdr.size);
    view.setInt32(at, -errno, true);
    this.#bytes.set(request.subarray(0, nlmsghdr.size), at + 4);
    this.end();
  }
}
