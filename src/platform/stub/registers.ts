/**
 * SlotRegisters: the register file in a slot, as a stopped thread left it and as it will go on. Each
 * register is a pair of 32-bit words, low half first, in the order of `Reg`.
 */
import { Reg } from "../contract.ts";
import { SLOT } from "./layout.ts";

const TWO_32 = 2 ** 32;

export class SlotRegisters {
  /** Index of register 0's low half in the platform's words. */
  readonly registers: number;
  readonly #words: Int32Array;

  /** `at`: arena offset of the slot. */
  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.registers = (at + SLOT.regs) >> 2;
  }

  register(index: number): number {
    const i = this.registers + 2 * index;
    return (this.#words[i + 1]! >>> 0) * TWO_32 + (this.#words[i]! >>> 0);
  }

  /** The instruction pointer as the stub has it. */
  rawIp(): number {
    const i = this.registers + 2 * Reg.rip;
    return (this.#words[i + 1]! >>> 0) * TWO_32 + (this.#words[i]! >>> 0);
  }

  registerLow(index: number): number {
    return this.#words[this.registers + 2 * index]! >>> 0;
  }

  registerHigh(index: number): number {
    return this.#words[this.registers + 2 * index + 1]! >>> 0;
  }

  setRegister(index: number, value: number): void {
    const i = this.registers + 2 * index;
    this.#words[i] = value % TWO_32;
    this.#words[i + 1] = Math.floor(value / TWO_32);
  }

  setRegisterHalves(index: number, low: number, high: number): void {
    const i = this.registers + 2 * index;
    this.#words[i] = low;
    this.#words[i + 1] = high;
  }
}
