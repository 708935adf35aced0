/**
 * What the processor can do, as the host tells this process in its auxiliary vector (getauxval(3)):
 * passed on to guests, whose code runs on the same processor.
 */
import { readFileSync } from "node:fs";
import {
  AT_HWCAP,
  AT_HWCAP2,
  AT_MINSIGSTKSZ,
  AT_RSEQ_ALIGN,
  AT_RSEQ_FEATURE_SIZE,
} from "../abi/process.ts";
import type { Hardware } from "../kernel/kernel.ts";

/** The stub uses the GS base: a guest that wants it must say so, by arch_prctl(2). */
const HWCAP2_FSGSBASE = 2;

export function readHardware(): Hardware {
  const bytes = readFileSync("/proc/self/auxv");
  const vector = new Map<number, number>();
  for (let at = 0; at + 16 <= bytes.length; at += 16)
    vector.set(Number(bytes.readBigUInt64LE(at)), Number(bytes.readBigUInt64LE(at + 8)));
  return {
    hwcap: vector.get(AT_HWCAP) ?? 0,
    hwcap2: (vector.get(AT_HWCAP2) ?? 0) & ~HWCAP2_FSGSBASE,
    minSigStackSize: vector.get(AT_MINSIGSTKSZ) ?? 2048,
    rseqFeatureSize: vector.get(AT_RSEQ_FEATURE_SIZE) ?? 0,
    rseqAlign: vector.get(AT_RSEQ_ALIGN) ?? 0,
  };
}
