/**
 * What systemd is asked for, without a systemd: names of units, values of annotations, properties of
 * resources. test/oci/systemd.test.ts compares them with runc's.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { annotatedProperties } from "../../src/cli/oci/cgroup/annotations.ts";
import { DbusError, Writer } from "../../src/cli/oci/cgroup/dbus-wire.ts";
import { deviceProperties } from "../../src/cli/oci/cgroup/devices.ts";
import { propertiesOf } from "../../src/cli/oci/cgroup/properties.ts";
import { placeOf } from "../../src/cli/oci/cgroup/unit-name.ts";
import { parseVariantText } from "../../src/cli/oci/cgroup/variant-text.ts";
import type { Resources } from "../../src/oci/spec.ts";

// --- text ---------------------------------------------------------------------------------------

const TEXTS: readonly (readonly [string, string, unknown])[] = [
  ["5", "i", 5],
  ["-5", "i", -5],
  ["+5", "i", 5],
  ["0x10", "i", 16],
  ["010", "i", 8],
  ["uint64 5", "t", 5n],
  ["@t 5", "t", 5n],
  ["byte 255", "y", 255],
  ["int64 -0x10", "x", -16n],
  ["5.5", "d", 5.5],
  ["1e3", "d", 1000],
  ["double 5", "d", 5],
  ["true", "b", true],
  ["'a'", "s", "a"],
  ['"a"', "s", "a"],
  ["'it\\'s \\n \\u00fc \\U0001F600'", "s", "it's \n ü 😀"],
  ["objectpath '/a/b'", "o", "/a/b"],
  ["signature 'as'", "g", "as"],
  ["[1, 2]", "ai", [1, 2]],
  ["[1, uint64 2]", "at", [1n, 2n]],
  ["[1, 2.0]", "ad", [1, 2]],
  ["['a', 'b']", "as", ["a", "b"]],
  ["(1,)", "(i)", [1]],
  ["@as []", "as", []],
  ["[[], [1]]", "aai", [[], [1]]],
  ["('a', 5, true)", "(sib)", ["a", 5, true]],
  [
    "[('/dev/null', 'rw'), ('char-*', 'm')]",
    "a(ss)",
    [
      ["/dev/null", "rw"],
      ["char-*", "m"],
    ],
  ],
  ["@a(st) [('a', 1)]", "a(st)", [["a", 1n]]],
  [
    "{'a': 1, 'b': 2}",
    "a{si}",
    [
      ["a", 1],
      ["b", 2],
    ],
  ],
  ["{'a': <5>}", "a{sv}", [["a", { signature: "i", value: 5 }]]],
  ["<uint16 5>", "v", { signature: "q", value: 5 }],
  ["b'a\\tb\\101'", "ay", new Uint8Array([97, 9, 98, 65, 0])],
  ["[byte 1, 2]", "ay", [1, 2]],
  ["  [ 'a' ]  ", "as", ["a"]],
];

test("GVariant text: types and values, and D-Bus takes them", () => {
  for (const [text, signature, value] of TEXTS) {
    const parsed = parseVariantText(text);
    assert.deepEqual([parsed.signature, parsed.value], [signature, value], text);
    new Writer().value("v", parsed);
  }
});

const WRONG_TEXTS = [
  ...[
    "",
    "abc",
    "'a",
    "[1",
    "[1 2]",
    "[1,]",
    "{'a': 1,}",
    "(1",
    "(1)",
    "(1, 2,)",
    "()",
    "{1}",
    "{'a' 1}",
    "[]",
    "<>",
    "<5",
    "5 5",
  ],
  ...["nothing", "just 5", "byte 256", "uint32 -1", "@q 'a'", "@(ii) (1, 2, 3)", "int32 1.5"],
  ...["[1, 'a']", "[(1, 2), (1,)]", "objectpath 'a'", "signature '('", "08", "1.2.3", "true5"],
  ...["'\\u0000'", "'\\uzzzz'", "@z 5", "@ 5", "{[1]: 2}", "--5", "uint64 18446744073709551616"],
  "[".repeat(100) + "]".repeat(100),
];

test("GVariant text: what is none, or is nothing that D-Bus has", () => {
  for (const text of WRONG_TEXTS) assert.throws(() => parseVariantText(text), DbusError, text);
});

/** GLib's own reader, through gdbus: the types that it sends for a text, as dbus would print them. */
const noGlib = existsSync("/usr/bin/python3") ? glibIsMissing() : "python3 is not installed";

function glibIsMissing(): string | false {
  const { status } = spawnSync("/usr/bin/python3", ["-c", "from gi.repository import GLib"]);
  return status === 0 ? false : "GLib for Python is not installed";
}

test("GVariant text: GLib reads the same types", { skip: noGlib }, () => {
  const script = `
import json, sys
from gi.repository import GLib
def kind(text):
    try: return GLib.variant_parse(None, text, None, None).get_type_string()
    except Exception: return ""
print(json.dumps([kind(text) for text in json.load(sys.stdin)]))`;
  const texts = [...TEXTS.map(([text]) => text), ...WRONG_TEXTS.filter((text) => text !== "()")];
  const { stdout } = spawnSync("/usr/bin/python3", ["-c", script], {
    input: JSON.stringify(texts),
    encoding: "utf8",
  });
  const theirs = JSON.parse(stdout) as string[];
  for (const [i, [text, signature]] of TEXTS.entries()) assert.equal(theirs[i], signature, text);
  // What we refuse, it refuses too, or gives a type that D-Bus lacks.
  for (const [i, text] of texts.slice(TEXTS.length).entries())
    assert.match(theirs[TEXTS.length + i]!, /^$|m/, text);
});

test("annotations: seconds become microseconds; others' annotations are not ours", () => {
  const of = (name: string, text: string) =>
    annotatedProperties({ [`org.systemd.property.${name}`]: text });
  assert.deepEqual(of("TimeoutStopSec", "5"), [["TimeoutStopUSec", "t", 5_000_000n]]);
  assert.deepEqual(of("TimeoutStopSec", "0.25"), [["TimeoutStopUSec", "t", 250_000n]]);
  assert.deepEqual(of("TimeoutStopUSec", "uint64 5"), [["TimeoutStopUSec", "t", 5n]]);
  // Not seconds: "Sec" stands for itself.
  assert.deepEqual(of("XYSec", "5"), [["XYSec", "i", 5]]);
  assert.deepEqual(annotatedProperties({ "org.example": "x", "org.systemd.other": "(" }), []);
  for (const [name, text, why] of [
    ["X1", "1", /"X1" is no name/],
    ["Description", "oops", /annotation org.systemd.property.Description=oops: no value/],
    ["TimeoutStopSec", "'5'", /seconds are a number/],
    ["TimeoutStopSec", "-5", /seconds are a number/],
  ] as const)
    assert.throws(() => of(name, text), why);
});

// --- names --------------------------------------------------------------------------------------

test("slice:prefix:name, and what systemd would not take", () => {
  const unit = (path: string) => {
    const { slice, unit: name } = placeOf(path, "id", "system.slice");
    return `${slice} ${name}`;
  };
  assert.equal(unit("a-b.slice:docker:5"), "a-b.slice docker-5.scope");
  assert.equal(unit(":x:y"), "system.slice x-y.scope");
  assert.equal(unit(""), "system.slice tvisor-id.scope");
  assert.equal(unit("-.slice:x:y"), "-.slice x-y.scope");
  assert.equal(unit("a.slice::y"), "a.slice -y.scope");
  assert.equal(unit("a.slice::b-c.slice"), "a.slice b-c.slice");
  for (const [path, why] of [
    ["/a/b", /expected cgroupsPath to be of format "slice:prefix:name".*"\/a\/b" instead/],
    ["a:b", /slice:prefix:name/],
    ["a.slice:b:c:d", /slice:prefix:name/],
    ["a:x:y", /invalid slice name: a: it does not end/],
    [".slice:x:y", /invalid slice name/],
    ["a--b.slice:x:y", /invalid slice name/],
    ["-a.slice:x:y", /invalid slice name/],
    ["a-.slice:x:y", /invalid slice name/],
    ["a/b.slice:x:y", /"\/" is none of the letters/],
    [":x:y/z", /"\/" is none of the letters/],
    [":x y:z", /" " is none of the letters/],
    [`:x:${"y".repeat(250)}`, /longer than 255/],
    [":x:y@", /before and behind the "@"/],
    [":x:a--b.slice", /invalid slice name: a--b.slice/],
  ] as const)
    assert.throws(() => unit(path), why, path);
});

// --- resources ----------------------------------------------------------------------------------

const MOST = (1n << 64n) - 1n;

function asked(resources: Resources, version: 1 | 2, systemd = 252): Record<string, unknown> {
  const properties = propertiesOf(resources, { version, systemd });
  return Object.fromEntries(properties.map(([name, , value]) => [name, value]));
}

test("memory: version 2 counts swap apart, and none of it is not no limit", () => {
  const of = (memory: Resources["memory"]) => asked({ memory: memory! }, 2);
  assert.deepEqual(of({ limit: 100, swap: 300 }), { MemoryMax: 100n, MemorySwapMax: 200n });
  assert.deepEqual(of({ limit: 100, swap: 100 }), { MemoryMax: 100n, MemorySwapMax: 0n });
  assert.deepEqual(of({ limit: -1 }), { MemoryMax: MOST, MemorySwapMax: MOST });
  assert.deepEqual(of({ reservation: 50 }), { MemoryLow: 50n });
  assert.deepEqual(asked({ memory: { limit: 2 ** 63 } }, 1), { MemoryLimit: 1n << 63n });
});

test("processor: quota and period, rounded up to a hundredth; older systemds are spared", () => {
  const quota = (cpu: Resources["cpu"], systemd?: number) => asked({ cpu: cpu! }, 2, systemd);
  assert.deepEqual(quota({ quota: 33333, period: 50000 }), {
    CPUQuotaPeriodUSec: 50000n,
    CPUQuotaPerSecUSec: 670000n,
  });
  assert.deepEqual(quota({ quota: 50000 }), { CPUQuotaPerSecUSec: 500000n });
  assert.deepEqual(quota({ period: 50000 }, 241), { CPUQuotaPerSecUSec: MOST });
  assert.deepEqual(quota({ cpus: "0,2-3,9" }), { AllowedCPUs: new Uint8Array([0b1101, 0b10]) });
  assert.deepEqual(quota({ cpus: "0" }, 243), {});
  assert.deepEqual(quota({ shares: 1024, idle: 1 }), { CPUWeight: 0n });
  assert.deepEqual(quota({ shares: 1024, idle: 1 }, 251), { CPUWeight: 39n });
  for (const wrong of ["a", "3-1", "0-99999", "1,,2"])
    assert.throws(() => quota({ cpus: wrong }), /is no list of numbers/, wrong);
});

test("unified: what has a property, and what is no number", () => {
  const of = (unified: Record<string, string>) => asked({ unified }, 2);
  assert.deepEqual(
    of({ "memory.high": "5", "memory.min": "max", "io.weight": "default 50", "hugetlb.x": "1" }),
    { MemoryHigh: 5n, MemoryMin: MOST, IOWeight: 50n },
  );
  assert.deepEqual(of({ "cpu.max": "max 5000" }), {
    CPUQuotaPeriodUSec: 5000n,
    CPUQuotaPerSecUSec: MOST,
  });
  // The file's own word is the last.
  assert.deepEqual(asked({ pids: { limit: 5 }, unified: { "pids.max": "9" } }, 2), {
    TasksMax: 9n,
  });
  assert.deepEqual(asked({ unified: { "pids.max": "9" } }, 1), {});
  assert.throws(() => of({ "pids.max": "many" }), /unified resource pids.max: "many"/);
});

test("devices: rules in their order; everything; what systemd has no words for", () => {
  const allowed = (...rules: Parameters<typeof deviceProperties>[0]) => {
    const properties = deviceProperties(rules);
    const [, , policy] = properties[0]!;
    const entries = (properties[2]?.[2] ?? []) as string[][];
    return { policy, entries: entries.map((entry) => entry.join(" ")) };
  };
  const defaults = allowed();
  assert.equal(defaults.policy, "strict");
  assert.ok(defaults.entries.includes("/dev/char/1:3 rwm"));
  assert.ok(defaults.entries.includes("char-pts rwm"));
  assert.ok(defaults.entries.includes("block-* m"));
  const none = { allow: false, access: "rwm" };
  assert.deepEqual(allowed({ allow: true }), { policy: "auto", entries: [] });
  assert.deepEqual(allowed({ allow: true }, none), defaults);
  const disk = { allow: true, type: "b", major: 8, minor: 1, access: "rw" };
  assert.deepEqual(allowed(none, disk).entries[0], "/dev/block/8:1 rw");
  assert.deepEqual(allowed(disk, none), defaults);
  const notWritten = { ...disk, allow: false, access: "w" };
  assert.deepEqual(allowed(disk, notWritten).entries[0], "/dev/block/8:1 r");
  assert.deepEqual(allowed(disk, { ...disk, allow: false }), defaults);
  // Any major number with one minor number, and a number that no driver has.
  assert.deepEqual(allowed({ allow: true, type: "c", minor: 5 }), defaults);
  assert.deepEqual(allowed({ allow: true, type: "c", major: 4000 }), defaults);
});
