/**
 * The line discipline as scripts: bytes are typed at a terminal; what it shows and what a reader gets
 * are compared with what Linux does (the same scripts run on it in test/conformance/tty).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  TIOCPKT_FLUSHREAD,
  TIOCPKT_FLUSHWRITE,
  TIOCPKT_START,
  TIOCPKT_STOP,
} from "../../src/abi/ioctl.ts";
import {
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOKE,
  ECHONL,
  ECHOPRT,
  ICANON,
  ICRNL,
  IGNCR,
  INLCR,
  ISTRIP,
  IUCLC,
  IUTF8,
  IXANY,
  OCRNL,
  OLCUC,
  ONLCR,
  ONLRET,
  ONOCR,
  OPOST,
  PARMRK,
  VEOL,
  VMIN,
  VTIME,
  XTABS,
} from "../../src/abi/termios.ts";
import { putOutput } from "../../src/kernel/tty/output.ts";
import { Pty } from "../../src/kernel/tty/pty.ts";
import { Termios } from "../../src/kernel/tty/termios.ts";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function text(from: Uint8Array): string {
  return String.fromCharCode(...from);
}

class Terminal {
  readonly pty = new Pty(0, { ptyClosed: () => {}, openPeer: () => -5 });

  constructor(change: (termios: Termios) => void = () => {}) {
    this.mode(change);
  }

  mode(change: (termios: Termios) => void): void {
    const termios = this.pty.tty.termios.copy();
    change(termios);
    this.pty.tty.setTermios(termios);
  }

  /** Type; what the terminal shows. */
  type(keys: string): string {
    assert.equal(this.pty.masterWrite(bytes(keys)), keys.length);
    return this.shown();
  }

  shown(): string {
    const into = new Uint8Array(8192);
    let all = "";
    for (;;) {
      const n = this.pty.masterRead(into);
      if (n === 0) return all;
      all += text(into.subarray(0, n));
    }
  }

  /** A read of the slave, or null when it would wait. */
  read(size = 4096): string | null {
    const { tty } = this.pty;
    if (!tty.hasInput()) return null;
    const into = new Uint8Array(size);
    const n = tty.isCanonical ? tty.buffer.takeLine(into, size) : tty.buffer.takeRaw(into, size);
    tty.receive();
    return text(into.subarray(0, n));
  }

  /** A write of the slave; what the master reads. */
  put(output: string): string {
    for (const byte of bytes(output)) putOutput(this.pty.tty, byte, this.pty.tty.outputRoom);
    return this.shown();
  }
}

test("tty: a line is there when it ends, and echo shows it", () => {
  const terminal = new Terminal();
  assert.equal(terminal.type("hel"), "hel");
  assert.equal(terminal.read(), null);
  assert.equal(terminal.type("lo\r"), "lo\r\n");
  assert.equal(terminal.read(), "hello\n");
  assert.equal(terminal.read(), null);
});

test("tty: a line is read in pieces, one line at a time", () => {
  const terminal = new Terminal();
  terminal.type("first\nsecond\n");
  assert.equal(terminal.pty.tty.buffer.canonicalCount(), 13);
  assert.equal(terminal.read(3), "fir");
  assert.equal(terminal.read(), "st\n");
  assert.equal(terminal.read(), "second\n");
});

test("tty: VEOF ends a read without a byte; right behind the last byte that fits it goes along", () => {
  const terminal = new Terminal();
  assert.equal(terminal.type("abc\x04"), "abc");
  assert.equal(terminal.read(3), "abc");
  assert.equal(terminal.read(), null);
  terminal.type("abc\x04\x04");
  assert.equal(terminal.read(2), "ab");
  assert.equal(terminal.read(3), "c");
  assert.equal(terminal.read(3), "");
  assert.equal(terminal.read(), null);
});

test("tty: VERASE, VWERASE and VKILL edit and rub out", () => {
  const terminal = new Terminal();
  assert.equal(terminal.type("abx\x7fc\n"), "abx\b \bc\r\n");
  assert.equal(terminal.read(), "abc\n");
  assert.equal(terminal.type("two words\x17one\n"), `two words${"\b \b".repeat(5)}one\r\n`);
  assert.equal(terminal.read(), "two one\n");
  assert.equal(terminal.type("gone\x15kept\n"), `gone${"\b \b".repeat(4)}kept\r\n`);
  assert.equal(terminal.read(), "kept\n");
  assert.equal(terminal.type("\x01\x7f\x7f"), "^A\b \b\b \b");
});

test("tty: without ECHOKE the kill character and a newline show a kill", () => {
  const terminal = new Terminal((t) => (t.lflag &= ~ECHOKE));
  assert.equal(terminal.type("gone\x15"), "gone^U\r\n");
  terminal.mode((t) => (t.lflag &= ~ECHOE));
  assert.equal(terminal.type("ab\x7f"), "ab^?");
});

test("tty: a tab is rubbed out to the column where it began", () => {
  const terminal = new Terminal();
  assert.equal(terminal.put("12"), "12");
  assert.equal(terminal.type("a\t\x7f"), `a\t${"\b".repeat(5)}`);
});

test("tty: ECHOPRT shows erased characters between \\ and /", () => {
  const terminal = new Terminal((t) => (t.lflag |= ECHOPRT));
  assert.equal(terminal.type("abc\x7f\x7fd\n"), "abc\\cb/d\r\n");
  assert.equal(terminal.read(), "ad\n");
});

test("tty: IUTF8 erases whole characters", () => {
  const terminal = new Terminal((t) => (t.iflag |= IUTF8));
  assert.equal(terminal.type("a\xc3\xa9\x7f\n"), "a\xc3\xa9\b \b\r\n");
  assert.equal(terminal.read(), "a\n");
});

test("tty: VLNEXT takes the next byte as it is, VREPRINT shows the line once more", () => {
  const terminal = new Terminal();
  assert.equal(terminal.type("a\x16\x03\n"), "a^\b^C\r\n");
  assert.equal(terminal.read(), "a\x03\n");
  assert.equal(terminal.type("ab\x12"), "ab^R\r\nab");
});

test("tty: a line of its own end: VEOL is part of the line", () => {
  const terminal = new Terminal((t) => (t.cc[VEOL] = 59));
  terminal.type("a;b;");
  assert.equal(terminal.read(), "a;");
  assert.equal(terminal.read(), "b;");
});

test("tty: input translations", () => {
  const terminal = new Terminal((t) => (t.iflag = IGNCR | INLCR | ISTRIP | IUCLC));
  terminal.mode((t) => (t.lflag &= ~(ICANON | ECHO)));
  terminal.type("A\r\n\xe1");
  assert.equal(terminal.read(), "a\ra");
  terminal.mode((t) => (t.iflag = PARMRK | ICRNL));
  terminal.type("\xff\r");
  assert.equal(terminal.read(), "\xff\xff\n");
});

test("tty: ECHONL echoes newlines alone, and without ECHOCTL control bytes pass", () => {
  const terminal = new Terminal((t) => (t.lflag = (t.lflag & ~ECHO) | ECHONL));
  assert.equal(terminal.type("secret\n"), "\r\n");
  const plain = new Terminal((t) => (t.lflag &= ~ECHOCTL));
  assert.equal(plain.type("\x01"), "\x01");
});

test("tty: an over-long line keeps its first 4095 bytes and its newline", () => {
  const terminal = new Terminal((t) => (t.lflag &= ~ECHO));
  terminal.type("x".repeat(5000));
  terminal.type("\n");
  const line = terminal.read(8192)!;
  assert.equal(line.length, 4096);
  assert.equal(line.at(-1), "\n");
});

test("tty: raw input beyond the buffer waits outside, and nothing is lost", () => {
  const terminal = new Terminal((t) => t.makeRaw());
  const sent = Array.from({ length: 12000 }, (_, i) => String.fromCharCode(i & 255)).join("");
  terminal.type(sent);
  let got = "";
  for (let part = terminal.read(); part !== null; part = terminal.read()) got += part;
  assert.equal(got, sent);
});

test("tty: poll in raw mode counts VMIN bytes, unless there is VTIME", () => {
  const terminal = new Terminal((t) => {
    t.makeRaw();
    t.cc[VMIN] = 3;
  });
  terminal.type("ab");
  assert.equal(terminal.pty.tty.hasInput(true), false);
  terminal.mode((t) => (t.cc[VTIME] = 1));
  assert.equal(terminal.pty.tty.hasInput(true), true);
});

test("tty: output processing", () => {
  const terminal = new Terminal();
  assert.equal(terminal.put("a\nb"), "a\r\nb");
  terminal.mode((t) => (t.oflag = OPOST | XTABS | OLCUC));
  assert.equal(terminal.put("\r12\tx"), `\r12${" ".repeat(6)}X`);
  terminal.mode((t) => (t.oflag = OPOST | OCRNL | ONOCR));
  assert.equal(terminal.put("\r"), "\n");
  terminal.mode((t) => (t.oflag = OPOST | ONOCR | ONLRET));
  assert.equal(terminal.put("x\n\ry\r"), "x\ny\r");
  terminal.mode((t) => (t.oflag = ONLCR));
  assert.equal(terminal.put("a\n"), "a\n");
});

test("tty: ^S holds output and echo, ^Q lets them go; IXANY is any key", () => {
  const terminal = new Terminal();
  assert.equal(terminal.type("a\x13b"), "", "the echo of one write comes after all of it");
  assert.equal(terminal.pty.tty.outputRoom, 0);
  assert.equal(terminal.type("\x11"), "ab");
  terminal.mode((t) => (t.iflag |= IXANY));
  assert.equal(terminal.type("\x13c"), "c");
});

test("tty: a signal character flushes what was typed", () => {
  const terminal = new Terminal();
  assert.equal(terminal.type("typed"), "typed");
  assert.equal(terminal.type("more\x03"), "^C", "what came with it is never shown");
  assert.equal(terminal.pty.tty.buffer.count, 0);
});

test("tty: packet mode tells of stops, starts and flushes", () => {
  const { pty } = new Terminal();
  pty.packetMode = true;
  pty.masterWrite(bytes("\x13"));
  assert.equal(pty.packetStatus, TIOCPKT_STOP);
  pty.masterWrite(bytes("\x11"));
  assert.equal(pty.packetStatus, TIOCPKT_START);
  pty.packetStatus = 0;
  pty.masterWrite(bytes("\x03"));
  assert.equal(pty.packetStatus, TIOCPKT_FLUSHREAD | TIOCPKT_FLUSHWRITE);
});

test("tty: a switch to canonical mode makes one line of what is there", () => {
  const terminal = new Terminal((t) => (t.lflag &= ~ICANON));
  terminal.type("abc");
  terminal.mode((t) => (t.lflag |= ICANON));
  assert.equal(terminal.read(), "abc");
  assert.equal(terminal.read(), null);
});

test("tty: modes survive their encodings", () => {
  const termios = new Termios();
  const view = new DataView(new ArrayBuffer(64));
  termios.encode(view, 0, true);
  const copy = new Termios();
  copy.makeRaw();
  copy.decode(view, 0, true);
  assert.deepEqual(copy, termios);
  assert.equal(copy.ospeed, 38400);
});
