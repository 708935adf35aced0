/**
 * LineBuffer: what a terminal has received and nobody has read yet: 4096 bytes, as Linux's N_TTY has.
 *  - `head` is where the next byte goes, `canonHead` the end of what complete lines cover, `tail` where
 *    reading goes on. They only grow; a place in the ring is `position & 4095`.
 *  - A marked place ends a line. A marked 0 byte is an end-of-file mark: read as "no more", never seen.
 */
export const N_TTY_BUF_SIZE = 4096;
const MASK = N_TTY_BUF_SIZE - 1;

/** What stands in the buffer for VEOF: __DISABLED_CHAR. */
export const EOF_MARK = 0;

export class LineBuffer {
  head = 0;
  canonHead = 0;
  tail = 0;
  /** A switch to canonical mode has ended the last line where it was. */
  push = false;
  readonly #bytes = new Uint8Array(N_TTY_BUF_SIZE);
  readonly #marks = new Uint8Array(N_TTY_BUF_SIZE);

  /** Bytes not read yet, complete lines or not. */
  get count(): number {
    return this.head - this.tail;
  }

  get hasLine(): boolean {
    return this.canonHead !== this.tail;
  }

  /** Bytes of the line being typed. */
  get pendingCount(): number {
    return this.head - this.canonHead;
  }

  at(position: number): number {
    return this.#bytes[position & MASK]!;
  }

  put(byte: number): void {
    this.#bytes[this.head & MASK] = byte;
    this.#marks[this.head & MASK] = 0;
    this.head++;
  }

  /** Put the byte that ends a line. */
  putEnd(byte: number): void {
    this.put(byte);
    this.#marks[(this.head - 1) & MASK] = 1;
    this.canonHead = this.head;
  }

  clear(): void {
    this.head = this.canonHead = this.tail = 0;
    this.#marks.fill(0);
    this.push = false;
  }

  /** ICANON or EXTPROC changed: in canonical mode what is there counts as one line. */
  restart(isCanonical: boolean): void {
    this.#marks.fill(0);
    this.push = isCanonical && this.count > 0;
    if (!this.push) {
      this.canonHead = this.tail;
      return;
    }
    this.#marks[(this.head - 1) & MASK] = 1;
    this.canonHead = this.head;
  }

  /** Canonical read: at most `max` bytes of the first line, its end included unless that is EOF. */
  takeLine(into: Uint8Array, max: number): number {
    const limit = Math.min(max, into.length);
    let n = 0;
    while (this.tail !== this.canonHead) {
      const isMark = this.#marks[this.tail & MASK] === 1;
      const byte = this.at(this.tail);
      const isEof = isMark && byte === EOF_MARK;
      // An end-of-file mark right behind the last byte that fits goes with it.
      if (n === limit && !isEof) break;
      this.#marks[this.tail & MASK] = 0;
      this.tail++;
      if (!isEof) into[n++] = byte;
      if (isMark) {
        this.push = false;
        break;
      }
    }
    return n;
  }

  /** Raw read: whatever is there. */
  takeRaw(into: Uint8Array, max: number): number {
    const n = Math.min(max, into.length, this.count);
    for (let i = 0; i < n; i++) into[i] = this.at(this.tail++);
    return n;
  }

  /** FIONREAD in canonical mode: complete lines without end-of-file marks. */
  canonicalCount(): number {
    let n = this.canonHead - this.tail;
    for (let at = this.tail; at < this.canonHead; at++)
      if (this.#marks[at & MASK] === 1 && this.at(at) === EOF_MARK) n--;
    return n;
  }
}
