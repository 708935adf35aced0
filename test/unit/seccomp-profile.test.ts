/** Profiles, compiled, against the specification's words read plainly: rule after rule. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AUDIT_ARCH_X86_64, seccomp_data } from "../../src/abi/seccomp.ts";
import { checkProgram, runProgram } from "../../src/kernel/seccomp/bpf.ts";
import type { SeccompArgument, SeccompRule, SeccompSpec } from "../../src/oci/spec.ts";
import { compileProfile } from "../../src/sentry/oci/seccomp-profile.ts";
import { rows } from "../../src/syscalls/table.ts";
import { chance } from "./chance.ts";

const KILL_PROCESS = 0x80000000;
const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;
const LOG = 0x7ffc0000;
const ENOSYS = 38;
const I386 = 0x40000003;
const OPERATORS = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"];

const NUMBERS = new Map(rows.map(({ name, x64 }) => [name, x64]));

const memory = new Uint32Array(16);

function run(profile: SeccompSpec): (nr: number, args: readonly bigint[], arch?: number) => number {
  const program = compileProfile(profile);
  assert.equal(checkProgram(program), true);
  return (nr, args, arch = AUDIT_ARCH_X86_64) => {
    const data = new Uint32Array(seccomp_data.size / 4);
    data[seccomp_data.at.nr / 4] = nr;
    data[seccomp_data.at.arch / 4] = arch;
    for (const [i, arg] of args.entries()) {
      data[seccomp_data.at.args / 4 + 2 * i] = Number(arg & 0xffffffffn);
      data[seccomp_data.at.args / 4 + 2 * i + 1] = Number(arg >> 32n);
    }
    return runProgram(program, data, memory) >>> 0;
  };
}

function holds({ index, value, valueTwo, op }: SeccompArgument, args: readonly bigint[]): boolean {
  const left = args[index]!;
  const right = BigInt(value);
  switch (op) {
    case "SCMP_CMP_NE":
      return left !== right;
    case "SCMP_CMP_LT":
      return left < right;
    case "SCMP_CMP_LE":
      return left <= right;
    case "SCMP_CMP_EQ":
      return left === right;
    case "SCMP_CMP_GE":
      return left >= right;
    case "SCMP_CMP_GT":
      return left > right;
    default:
      return (left & right) === BigInt(valueTwo!);
  }
}

function actionOf(name: string, errno = 1): number {
  if (name === "SCMP_ACT_ALLOW") return ALLOW;
  return name === "SCMP_ACT_LOG" ? LOG : ERRNO | errno;
}

/** Conditions on one argument are alternatives, on several they hold together. */
function meets({ args = [] }: SeccompRule, given: readonly bigint[]): boolean {
  const isOne = new Set(args.map(({ index }) => index)).size !== args.length;
  return isOne ? args.some((each) => holds(each, given)) : args.every((each) => holds(each, given));
}

function expected(profile: SeccompSpec, nr: number, args: readonly bigint[]): number {
  const number = (name: string) => NUMBERS.get(name) ?? -1;
  const rules = profile.syscalls ?? [];
  const otherwise = actionOf(profile.defaultAction, profile.defaultErrnoRet);
  const newest = Math.max(...rules.flatMap(({ names }) => names.map(number)));
  if (nr > newest && newest >= 0 && otherwise !== ALLOW) return ERRNO | ENOSYS;
  const mine = rules.filter(({ names }) => names.map(number).includes(nr));
  const plain = mine.find((rule) => (rule.args ?? []).length === 0);
  const rule = plain ?? mine.find((each) => meets(each, args));
  return rule === undefined ? otherwise : actionOf(rule.action, rule.errnoRet);
}

const VALUES = [0, 1, 2, 0xffffffff, 2 ** 32, 2 ** 32 + 1, 2 ** 52 + 7];

function profileOf(random: (below: number) => number): SeccompSpec {
  const action = () => ["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_LOG"][random(3)]!;
  const rule = (): SeccompRule => ({
    names: Array.from({ length: 1 + random(40) }, () => rows[random(rows.length)]!.name),
    action: action(),
    ...(random(2) === 0 ? { errnoRet: 1 + random(100) } : {}),
    args: Array.from({ length: Math.max(0, random(5) - 2) }, () => ({
      index: random(6),
      op: `SCMP_CMP_${OPERATORS[random(OPERATORS.length)]}`,
      value: VALUES[random(VALUES.length)]!,
      valueTwo: VALUES[random(VALUES.length)]!,
    })),
  });
  return {
    defaultAction: action(),
    defaultErrnoRet: 1 + random(100),
    syscalls: Array.from({ length: random(12) }, rule),
  };
}

test("a profile answers as its rules say, for every number", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = chance(seed);
    const profile = profileOf(random);
    const answer = run(profile);
    for (let nr = 0; nr < 480; nr++) {
      const args = Array.from({ length: 6 }, () => BigInt(VALUES[random(VALUES.length)]!));
      assert.equal(answer(nr, args), expected(profile, nr, args) >>> 0, `seed ${seed}, call ${nr}`);
    }
  }
});

test("calls of another architecture are killed, those of x32 are newer than any", () => {
  const names = ["read", "write"];
  const answer = run({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [{ names, action: "SCMP_ACT_ALLOW" }],
  });
  assert.equal(answer(0, [], I386), KILL_PROCESS);
  assert.equal(answer(0, []), ALLOW);
  assert.equal(answer(0x40000000, []), ERRNO | ENOSYS);
});

test("neighbours that are answered alike are one comparison", () => {
  const names = rows.map(({ name }) => name);
  const all = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names, action: "SCMP_ACT_ALLOW" }] };
  assert.ok(compileProfile(all).length < 40);
});
