/** unix-address: `struct sockaddr_un` of a name, as long as it need be (unix(7), "Address format"). */
import { AF_UNIX, sockaddr_un } from "../abi/socket.ts";

const PATH = sockaddr_un.at.sun_path;

/**
 * `name`: a path as a byte string, ended by a NUL in the address; or one in the abstract namespace, which
 * begins with NUL and ends where the address does. Null when it is too long.
 */
export function unixAddress(name: string): Uint8Array | null {
  const ending = name.startsWith("\0") ? 0 : 1;
  const length = PATH + name.length + ending;
  if (length > sockaddr_un.size) return null;
  const address = new Uint8Array(length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(Buffer.from(name, "latin1"), PATH);
  return address;
}
