/**
 * instruction: how long an x86-64 instruction is. Enough to walk from the beginning of a function to a
 * place in it, and to know there that one's own bytes are an instruction.
 *  - isRelocatable() and isIndirectJump() say of an instruction what moving it, or knowing who comes to
 *    it, depends on.
 *  - instructionLength() is 0 for bytes that are no instruction, or one that we do not know: whoever
 *    asks then gives up, so what is missing here costs speed, never soundness.
 * Source: AMD64 Architecture Programmer's Manual volume 3, appendix A; Intel SDM volume 2, appendix A.
 */

/** What follows an opcode: nothing, ModRM, or no instruction at all; plus an immediate. */
const NONE = 0;
const MODRM = 1;
const BAD = 2;
const IMM8 = 4;
const IMM16 = 8;
/** 4 bytes, 2 with an operand-size prefix. */
const IMMZ = 16;
/** 4 bytes always: a near jump in 64-bit mode. */
const REL32 = 32;

const LONGEST = 15;

const ONE_BYTE = fill([
  [0x00, 0x3f, BAD],
  ...arithmetic(),
  [0x50, 0x5f, NONE],
  [0x60, 0x62, BAD],
  [0x63, 0x63, MODRM],
  [0x68, 0x68, IMMZ],
  [0x69, 0x69, MODRM | IMMZ],
  [0x6a, 0x6a, IMM8],
  [0x6b, 0x6b, MODRM | IMM8],
  [0x6c, 0x6f, NONE],
  [0x70, 0x7f, IMM8],
  [0x80, 0x80, MODRM | IMM8],
  [0x81, 0x81, MODRM | IMMZ],
  [0x83, 0x83, MODRM | IMM8],
  [0x84, 0x8f, MODRM],
  [0x90, 0x99, NONE],
  [0x9b, 0x9f, NONE],
  [0xa4, 0xa7, NONE],
  [0xa8, 0xa8, IMM8],
  [0xa9, 0xa9, IMMZ],
  [0xaa, 0xaf, NONE],
  [0xb0, 0xb7, IMM8],
  [0xb8, 0xbf, IMMZ],
  [0xc0, 0xc1, MODRM | IMM8],
  [0xc2, 0xc2, IMM16],
  [0xc3, 0xc3, NONE],
  [0xc6, 0xc6, MODRM | IMM8],
  [0xc7, 0xc7, MODRM | IMMZ],
  [0xc8, 0xc8, IMM16 | IMM8],
  [0xc9, 0xc9, NONE],
  [0xca, 0xca, IMM16],
  [0xcb, 0xcc, NONE],
  [0xcd, 0xcd, IMM8],
  [0xcf, 0xcf, NONE],
  [0xd0, 0xd3, MODRM],
  [0xd7, 0xd7, NONE],
  [0xd8, 0xdf, MODRM],
  [0xe0, 0xe7, IMM8],
  [0xe8, 0xe9, REL32],
  [0xeb, 0xeb, IMM8],
  [0xec, 0xef, NONE],
  [0xf1, 0xf1, NONE],
  [0xf4, 0xf5, NONE],
  [0xf6, 0xf7, MODRM], // and an immediate for TEST, see below
  [0xf8, 0xfd, NONE],
  [0xfe, 0xff, MODRM],
]);

/** The map behind 0F, which VEX and EVEX share. */
const TWO_BYTE = fill([
  [0x00, 0x03, MODRM],
  [0x05, 0x09, NONE],
  [0x0b, 0x0b, NONE],
  [0x0d, 0x0d, MODRM],
  [0x10, 0x23, MODRM],
  [0x28, 0x2f, MODRM],
  [0x30, 0x35, NONE],
  [0x37, 0x37, NONE],
  [0x40, 0x6f, MODRM],
  [0x70, 0x73, MODRM | IMM8],
  [0x74, 0x76, MODRM],
  [0x77, 0x77, NONE],
  [0x78, 0x79, MODRM],
  [0x7c, 0x7f, MODRM],
  [0x80, 0x8f, REL32],
  [0x90, 0x9f, MODRM],
  [0xa0, 0xa2, NONE],
  [0xa3, 0xa3, MODRM],
  [0xa4, 0xa4, MODRM | IMM8],
  [0xa5, 0xa5, MODRM],
  [0xa8, 0xaa, NONE],
  [0xab, 0xab, MODRM],
  [0xac, 0xac, MODRM | IMM8],
  [0xad, 0xb9, MODRM],
  [0xba, 0xba, MODRM | IMM8],
  [0xbb, 0xc1, MODRM],
  [0xc2, 0xc2, MODRM | IMM8],
  [0xc3, 0xc3, MODRM],
  [0xc4, 0xc6, MODRM | IMM8],
  [0xc7, 0xc7, MODRM],
  [0xc8, 0xcf, NONE],
  [0xd0, 0xff, MODRM],
]);

/** ADD OR ADC SBB AND SUB XOR CMP: four forms with ModRM, two with an immediate for the accumulator. */
function arithmetic(): [number, number, number][] {
  const forms: [number, number, number][] = [];
  for (let base = 0; base < 0x40; base += 8)
    forms.push([base, base + 3, MODRM], [base + 4, base + 4, IMM8], [base + 5, base + 5, IMMZ]);
  return forms;
}

function fill(ranges: readonly (readonly [number, number, number])[]): Uint8Array {
  const table = new Uint8Array(256).fill(BAD);
  for (const [first, last, form] of ranges) table.fill(form, first, last + 1);
  return table;
}

/** The length of the instruction at `at`, or 0. Bytes beyond the end of `code` are none. */
export function instructionLength(code: Uint8Array, at: number): number {
  const length = measure(code, at);
  return length > LONGEST || at + length > code.length ? 0 : length;
}

function measure(code: Uint8Array, start: number): number {
  let at = start;
  let isShort = false;
  let isAddress32 = false;
  for (; ; at++) {
    const byte = code[at]!;
    if (byte === 0x66) isShort = true;
    else if (byte === 0x67) isAddress32 = true;
    else if (!isPlainPrefix(byte)) break;
    if (at - start >= LONGEST) return 0;
  }
  let isWide = false;
  if ((code[at]! & 0xf0) === 0x40) {
    isWide = (code[at]! & 8) !== 0;
    at++;
  }
  const opcode = code[at]!;
  if (opcode === 0xc5) return vector(code, start, at + 2, 1);
  if (opcode === 0xc4) return vector(code, start, at + 3, code[at + 1]! & 0x1f);
  if (opcode === 0x62) return vector(code, start, at + 4, code[at + 1]! & 7);
  if (opcode === 0x0f) return escaped(code, start, at + 1, isShort && !isWide);
  // A move from or to a full address.
  if (opcode >= 0xa0 && opcode <= 0xa3) return at + 1 + (isAddress32 ? 4 : 8) - start;
  if (opcode >= 0xb8 && opcode <= 0xbf && isWide) return at + 9 - start;
  let form = ONE_BYTE[opcode]!;
  const extension = (code[at + 1]! >> 3) & 7;
  if (opcode === 0x8f && extension !== 0) return 0; // AMD's XOP
  if (opcode === 0xf6 && extension < 2) form |= IMM8;
  if (opcode === 0xf7 && extension < 2) form |= IMMZ;
  return finish(code, start, at + 1, form, isShort && !isWide);
}

/** LOCK, REP and segments. */
function isPlainPrefix(byte: number): boolean {
  return (
    byte === 0xf0 ||
    byte === 0xf2 ||
    byte === 0xf3 ||
    byte === 0x2e ||
    byte === 0x36 ||
    byte === 0x3e ||
    byte === 0x26 ||
    byte === 0x64 ||
    byte === 0x65
  );
}

function escaped(code: Uint8Array, start: number, at: number, isShort: boolean): number {
  const opcode = code[at]!;
  if (opcode === 0x38) return finish(code, start, at + 2, MODRM, false);
  if (opcode === 0x3a) return finish(code, start, at + 2, MODRM | IMM8, false);
  return finish(code, start, at + 1, TWO_BYTE[opcode]!, isShort);
}

/** VEX and EVEX: `at` is the opcode, in one of three maps. */
function vector(code: Uint8Array, start: number, at: number, map: number): number {
  if (map === 1) return finish(code, start, at + 1, TWO_BYTE[code[at]!]! & ~REL32, false);
  if (map === 2 || map === 5 || map === 6) return finish(code, start, at + 1, MODRM, false);
  return map === 3 ? finish(code, start, at + 1, MODRM | IMM8, false) : 0;
}

function finish(
  code: Uint8Array,
  start: number,
  after: number,
  form: number,
  isShort: boolean,
): number {
  if (form & BAD) return 0;
  let at = after;
  if (form & MODRM) at += modRmLength(code, at);
  if (form & IMM8) at += 1;
  if (form & IMM16) at += 2;
  if (form & IMMZ) at += isShort ? 2 : 4;
  if (form & REL32) {
    if (isShort) return 0; // vendors disagree
    at += 4;
  }
  return at - start;
}

/** ModRM, its SIB byte and its displacement. */
function modRmLength(code: Uint8Array, at: number): number {
  const modrm = code[at]!;
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (mod === 3) return 1;
  const sib = rm === 4 ? 1 : 0;
  if (mod === 1) return 2 + sib;
  if (mod === 2) return 5 + sib;
  const isAbsolute = sib === 1 ? (code[at + 1]! & 7) === 5 : rm === 5;
  return 1 + sib + (isAbsolute ? 4 : 0);
}

/** Does the instruction do the same wherever it stands: no relative jump, no operand relative to rip? */
export function isRelocatable(code: Uint8Array, at: number): boolean {
  const start = opcodeAt(code, at);
  const opcode = code[start]!;
  if (opcode === 0xc4 || opcode === 0xc5 || opcode === 0x62) return false; // nobody needs them here
  if (opcode >= 0x70 && opcode <= 0x7f) return false;
  if (opcode >= 0xe0 && opcode <= 0xe3) return false;
  if (opcode === 0xe8 || opcode === 0xe9 || opcode === 0xeb) return false;
  if (opcode !== 0x0f) return (ONE_BYTE[opcode]! & MODRM) === 0 || !isRipRelative(code[start + 1]!);
  const second = code[start + 1]!;
  if (second === 0x38 || second === 0x3a) return !isRipRelative(code[start + 3]!);
  const form = TWO_BYTE[second]!;
  return (form & REL32) === 0 && ((form & MODRM) === 0 || !isRipRelative(code[start + 2]!));
}

/** A jump through a register or memory: to anywhere, a table of cases for one. */
export function isIndirectJump(code: Uint8Array, at: number): boolean {
  const start = opcodeAt(code, at);
  const extension = (code[start + 1]! >> 3) & 7;
  return code[start] === 0xff && (extension === 4 || extension === 5);
}

function isRipRelative(modrm: number): boolean {
  return (modrm & 0xc7) === 5;
}

/** Where the opcode is, behind prefixes and REX. */
function opcodeAt(code: Uint8Array, at: number): number {
  let start = at;
  while (code[start] === 0x66 || code[start] === 0x67 || isPlainPrefix(code[start]!)) start++;
  return (code[start]! & 0xf0) === 0x40 ? start + 1 : start;
}
