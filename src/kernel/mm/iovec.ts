/**
 * iovec: the vectors of readv(2), sendmsg(2) and their like, as a UserBuffer.
 *  - More than IOV_MAX entries are -EINVAL here; calls that say EMSGSIZE check before.
 *  - A length above SSIZE_MAX is -EINVAL, a range beyond guest memory -EFAULT; the total is cut at
 *    MAX_RW_COUNT, as Linux cuts it.
 */
import { EFAULT, EINVAL } from "../../abi/errno.ts";
import { IOV_MAX, TASK_SIZE } from "../../abi/limits.ts";
import { iovec } from "../../abi/uio.ts";
import { refuse } from "../../base/refuse.ts";
import type { Mm } from "./mm.ts";
import { MAX_RW_COUNT, UserBuffer } from "./user-buffer.ts";

const SSIZE_LIMIT = 2 ** 63;

/** The buffer that `count` entries at guest `address` name, or -errno. */
export function readIovec(mm: Mm, address: number, count: number): UserBuffer | number {
  if (count > IOV_MAX) return refuse(EINVAL, "more than IOV_MAX vectors");
  const bytes = mm.read(address, count * iovec.size);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  const bases: number[] = [];
  const lengths: number[] = [];
  let left = MAX_RW_COUNT;
  for (let i = 0; i < count; i++) {
    const { iov_base, iov_len } = iovec.read(view, i * iovec.size);
    if (iov_len >= SSIZE_LIMIT) return refuse(EINVAL, "a vector longer than SSIZE_MAX");
    if (iov_base + iov_len > TASK_SIZE) return -EFAULT;
    const length = Math.min(iov_len, left);
    left -= length;
    bases.push(iov_base);
    lengths.push(length);
  }
  return new UserBuffer(mm, bases, lengths);
}
