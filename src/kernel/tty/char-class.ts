/**
 * Character classes as the kernel's ctype.h has them: bytes in Latin-1, whatever the guest's locale.
 */

export function isControl(c: number): boolean {
  return c < 32 || c === 127;
}

function isUpper(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 0xc0 && c <= 0xde && c !== 0xd7);
}

function isLower(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 0xdf && c !== 0xf7 && c <= 0xff);
}

export function isAlphanumeric(c: number): boolean {
  return (c >= 48 && c <= 57) || isUpper(c) || isLower(c);
}

export function toLower(c: number): number {
  return isUpper(c) ? c + 32 : c;
}

export function toUpper(c: number): number {
  return isLower(c) ? c - 32 : c;
}
