/**
 * seccomp-profile: `linux.seccomp` of a config.json as one filter of classic BPF (config-linux.md,
 * "Seccomp"), as libseccomp and runc make it:
 *  - The number's range is found by halving: neighbours that are answered alike are one. Then the rules of
 *    that call are tried in order: a rule without conditions wins over those with some, and what none
 *    meets gets the default action.
 *  - A call newer than all that the profile names is ENOSYS, not refused, so that programs fall back.
 *  - Calls of another architecture than amd64 are killed.
 */
import { ENOSYS, EPERM } from "../../abi/errno.ts";
import {
  AUDIT_ARCH_X86_64,
  BPF_ABS,
  BPF_ALU,
  BPF_AND,
  BPF_JA,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_RET,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  seccomp_data,
  sock_filter,
} from "../../abi/seccomp.ts";
import { BpfProgram } from "../../kernel/seccomp/bpf.ts";
import type { SeccompArgument, SeccompRule, SeccompSpec } from "../../oci/spec.ts";
import { rows } from "../../syscalls/table.ts";
import { runtimeFailure } from "./places.ts";

const LOAD = BPF_LD | BPF_ABS;
const AT_NR = seccomp_data.at.nr;
const AT_ARCH = seccomp_data.at.arch;
const AT_ARGUMENTS = seccomp_data.at.args;

/** A jump's two targets are labels until all is laid out. */
interface Instruction {
  readonly code: number;
  readonly k: number;
  readonly yes: number;
  readonly no: number;
}

/** Numbers from `first` to the next range's. */
interface Range {
  readonly first: number;
  /** Tried in order: all have conditions. */
  readonly rules: readonly SeccompRule[];
  /** Of all these numbers; NO_ACTION when it depends, on one number's rules. */
  readonly action: number;
}

/** No action of seccomp(2) is negative. */
const NO_ACTION = -1;

export function compileProfile(profile: SeccompSpec): BpfProgram {
  return new Compiler(profile).compile();
}

class Compiler {
  readonly #default: number;
  readonly #byCall = new Map<number, SeccompRule[]>();
  readonly #code: Instruction[] = [];
  /** Where each label stands, by its number. */
  readonly #labels: number[] = [];

  constructor(profile: SeccompSpec) {
    this.#default = actionOf(profile.defaultAction, profile.defaultErrnoRet);
    const numbers = new Map(rows.map((row) => [row.name, row.x64]));
    for (const rule of profile.syscalls ?? [])
      for (const name of rule.names) {
        const nr = numbers.get(name);
        if (nr !== undefined) this.#byCall.set(nr, [...(this.#byCall.get(nr) ?? []), rule]);
      }
  }

  compile(): BpfProgram {
    const rightArchitecture = this.#label();
    this.#emit(LOAD, AT_ARCH);
    this.#jump(BPF_JEQ, AUDIT_ARCH_X86_64, rightArchitecture, this.#next());
    this.#emit(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    this.#place(rightArchitecture);
    this.#emit(LOAD, AT_NR);
    this.#bisect(this.#ranges());
    return this.#encode();
  }

  /** All numbers, in order, as ranges of those that are answered alike. */
  #ranges(): Range[] {
    const ranges: Range[] = [];
    const add = (first: number, rules: readonly SeccompRule[], action: number) => {
      const last = ranges.at(-1);
      const isAlike = last !== undefined && last.action === action && action !== NO_ACTION;
      if (!isAlike) ranges.push({ first, rules, action });
    };
    let next = 0;
    for (const nr of [...this.#byCall.keys()].sort((a, b) => a - b)) {
      if (nr > next) add(next, [], this.#default);
      const rules = this.#byCall.get(nr)!;
      const plain = rules.find(({ args }) => (args ?? []).length === 0);
      if (plain === undefined) add(nr, rules, NO_ACTION);
      else add(nr, [], actionOf(plain.action, plain.errnoRet));
      next = nr + 1;
    }
    const isRefused = this.#default !== SECCOMP_RET_ALLOW && next > 0;
    add(next, [], isRefused ? SECCOMP_RET_ERRNO | ENOSYS : this.#default);
    return ranges;
  }

  #bisect(ranges: readonly Range[]): void {
    if (ranges.length === 1) return this.#answer(ranges[0]!);
    const half = ranges.length >> 1;
    const above = this.#label();
    const below = this.#label();
    this.#jump(BPF_JGE, ranges[half]!.first, above, below);
    this.#place(below);
    this.#bisect(ranges.slice(0, half));
    this.#place(above);
    this.#bisect(ranges.slice(half));
  }

  #answer({ rules, action }: Range): void {
    for (const rule of rules)
      for (const conditions of alternatives(rule.args!)) {
        const next = this.#label();
        for (const condition of conditions) this.#condition(condition, next);
        this.#emit(BPF_RET | BPF_K, actionOf(rule.action, rule.errnoRet));
        this.#place(next);
      }
    this.#emit(BPF_RET | BPF_K, action === NO_ACTION ? this.#default : action);
  }

  /** Go on when it holds, else to `no`. A 64-bit argument is looked at in halves, the upper one first. */
  #condition({ index, value, valueTwo, op }: SeccompArgument, no: number): void {
    const yes = this.#label();
    const [low, high] = halves(op === "SCMP_CMP_MASKED_EQ" ? (valueTwo ?? 0) : value);
    const at = AT_ARGUMENTS + 8 * index;
    if (op === "SCMP_CMP_MASKED_EQ") {
      const [maskLow, maskHigh] = halves(value);
      this.#masked(at + 4, maskHigh, high, no);
      this.#masked(at, maskLow, low, no);
      return this.#place(yes);
    }
    this.#emit(LOAD, at + 4);
    if (op === "SCMP_CMP_EQ" || op === "SCMP_CMP_NE") {
      const same = op === "SCMP_CMP_EQ" ? yes : no;
      const different = op === "SCMP_CMP_EQ" ? no : yes;
      this.#jump(BPF_JEQ, high, this.#next(), different);
      this.#emit(LOAD, at);
      this.#jump(BPF_JEQ, low, same, different);
      return this.#place(yes);
    }
    // a > b, a >= b; the other two are these, denied.
    const isDenied = op === "SCMP_CMP_LE" || op === "SCMP_CMP_LT";
    const holds = isDenied ? no : yes;
    const fails = isDenied ? yes : no;
    this.#jump(BPF_JGT, high, holds, this.#next());
    this.#jump(BPF_JEQ, high, this.#next(), fails);
    this.#emit(LOAD, at);
    const orEqual = op === "SCMP_CMP_GE" || op === "SCMP_CMP_LT";
    this.#jump(orEqual ? BPF_JGE : BPF_JGT, low, holds, fails);
    this.#place(yes);
  }

  #masked(at: number, mask: number, value: number, no: number): void {
    this.#emit(LOAD, at);
    this.#emit(BPF_ALU | BPF_AND | BPF_K, mask);
    this.#jump(BPF_JEQ, value, this.#next(), no);
  }

  // --- layout ---------------------------------------------------------------------------------

  #emit(code: number, k: number): void {
    this.#code.push({ code, k: k >>> 0, yes: -1, no: -1 });
  }

  #jump(condition: number, k: number, yes: number, no: number): void {
    this.#code.push({ code: BPF_JMP | condition | BPF_K, k: k >>> 0, yes, no });
  }

  #label(): number {
    return this.#labels.push(-1) - 1;
  }

  /** Label of what follows the jump that is being written. */
  #next(): number {
    return this.#labels.push(this.#code.length + 1) - 1;
  }

  #place(label: number): void {
    this.#labels[label] = this.#code.length;
  }

  /** Short jumps reach 255 instructions: where one would not, an unconditional one helps it along. */
  #encode(): BpfProgram {
    const extra = this.#code.map(() => 0);
    for (let changed = true; changed; ) {
      changed = false;
      const starts = startsOf(extra);
      for (const [i, { yes, no }] of this.#code.entries()) {
        if (yes < 0 || extra[i] !== 0) continue;
        const from = starts[i]! + 1;
        const far = (label: number) => starts[this.#labels[label]!]! - from > 255;
        if (!far(yes) && !far(no)) continue;
        extra[i] = 2;
        changed = true;
      }
    }
    return this.#write(extra, startsOf(extra));
  }

  #write(extra: readonly number[], starts: readonly number[]): BpfProgram {
    const length = starts.at(-1)!;
    const out = new Uint8Array(length * sock_filter.size);
    const view = new DataView(out.buffer);
    let at = 0;
    const put = (code: number, jt: number, jf: number, k: number) =>
      sock_filter.write(view, at++ * sock_filter.size, { code, jt, jf, k });
    for (const [i, { code, k, yes, no }] of this.#code.entries()) {
      if (yes < 0) put(code, 0, 0, k);
      else if (extra[i] === 0) {
        const from = starts[i]! + 1;
        put(code, starts[this.#labels[yes]!]! - from, starts[this.#labels[no]!]! - from, k);
      } else {
        put(code, 0, 1, k);
        put(BPF_JMP | BPF_JA, 0, 0, starts[this.#labels[yes]!]! - at - 1);
        put(BPF_JMP | BPF_JA, 0, 0, starts[this.#labels[no]!]! - at - 1);
      }
    }
    return new BpfProgram(out);
  }
}

/** Where each instruction begins when it is so much longer; and the end. */
function startsOf(extra: readonly number[]): number[] {
  const starts = [0];
  for (const more of extra) starts.push(starts.at(-1)! + 1 + more);
  return starts;
}

/** Conditions hold together; but several on one argument are alternatives, as runc reads them. */
function alternatives(args: readonly SeccompArgument[]): (readonly SeccompArgument[])[] {
  const indices = new Set(args.map(({ index }) => index));
  return indices.size === args.length ? [args] : args.map((each) => [each]);
}

function halves(value: number): [low: number, high: number] {
  return [value % 2 ** 32, Math.floor(value / 2 ** 32) % 2 ** 32];
}

function actionOf(name: string, errnoRet: number | undefined): number {
  switch (name) {
    case "SCMP_ACT_KILL":
    case "SCMP_ACT_KILL_THREAD":
      return SECCOMP_RET_KILL_THREAD;
    case "SCMP_ACT_KILL_PROCESS":
      return SECCOMP_RET_KILL_PROCESS;
    case "SCMP_ACT_TRAP":
      return SECCOMP_RET_TRAP;
    case "SCMP_ACT_ERRNO":
      return SECCOMP_RET_ERRNO | (errnoRet ?? EPERM);
    case "SCMP_ACT_TRACE":
      return SECCOMP_RET_TRACE | (errnoRet ?? EPERM);
    case "SCMP_ACT_ALLOW":
      return SECCOMP_RET_ALLOW;
    case "SCMP_ACT_LOG":
      return SECCOMP_RET_LOG;
    default:
      throw runtimeFailure(`linux.seccomp: the action ${name} is not supported`);
  }
}
