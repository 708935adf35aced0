/**
 * D-Bus: bytes as the specification draws them, what is refused, and a real bus: Debian's dbus-daemon.
 * Peers that do not behave are processes of their own: our client waits, and nothing else runs.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Dbus, endpointsOf, RemoteError } from "../../src/cli/oci/cgroup/dbus.ts";
import { decode, encodeCall, lengthOf, PREFIX } from "../../src/cli/oci/cgroup/dbus-message.ts";
import { DbusError, Reader, typesOf, Writer } from "../../src/cli/oci/cgroup/dbus-wire.ts";
import { openHost } from "../../src/sentry/native.ts";

const NOBODY = 65534;
const place = mkdtempSync(join(tmpdir(), "tvisor-dbus-"));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(place, { recursive: true, force: true });
});

const host = openHost();
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

function marshalled(signature: string, ...values: unknown[]): string {
  const writer = new Writer();
  writer.all(signature, values);
  return Buffer.from(writer.bytes).toString("hex");
}

// --- the specification's own examples -----------------------------------------------------------

test("strings, as in “Marshaling (Wire Format)”: foo, + and bar", () => {
  const bytes = "03000000 666f6f00 01000000 2b00 0000 03000000 62617200".replaceAll(" ", "");
  assert.equal(marshalled("sss", "foo", "+", "bar"), bytes);
  assert.deepEqual(new Reader(hex(bytes)).all("sss"), ["foo", "+", "bar"]);
});

test("an array of one int64 begins at eight, and its length does not count that", () => {
  const big = hex("00000008 00000000 0000000000000005");
  assert.deepEqual(new Reader(big, { isLittle: false }).all("ax"), [[5n]]);
  assert.equal(marshalled("ax", [5n]), "08000000000000000500000000000000");
});

test("an empty array of structs has its padding all the same", () => {
  assert.equal(marshalled("a(tt)", []), "0000000000000000");
});

test("a variant has its signature before it", () => {
  assert.equal(marshalled("v", { signature: "u", value: 7 }), "0175000007000000");
});

test("values come back as they were, of every type, nested", () => {
  const signature = "ybnqiuxtdsogvay(sa{sv})a(sv)";
  const values = [
    ...[255, true, -32768, 65535, -2147483648, 4294967295],
    ...[-(1n << 63n), (1n << 64n) - 1n, -0.5, "Grüße", "/a/b_1", "a{sv}"],
    { signature: "as", value: ["a", ""] },
    new Uint8Array([0, 1, 255]),
    ["key", [["a", { signature: "b", value: false }]]],
    [["Slice", { signature: "s", value: "a.slice" }]],
  ];
  const writer = new Writer();
  writer.all(signature, values);
  assert.deepEqual(new Reader(writer.bytes).all(signature), values);
});

test("a long list keeps what was written before it grew", () => {
  const values = Array.from({ length: 3000 }, (_, i) => i / 2);
  const writer = new Writer();
  writer.all("yad", [9, values]);
  assert.deepEqual(new Reader(writer.bytes).all("yad"), [9, values]);
});

// --- what is refused ----------------------------------------------------------------------------

test("signatures that are none", () => {
  for (const wrong of [
    "(",
    ")",
    "()",
    "a",
    "{sv}",
    "a{vs}",
    "a{s}",
    "a{svs}",
    "z",
    "(s",
    "a{(s)s}",
  ])
    assert.throws(() => typesOf(wrong), DbusError, wrong);
  assert.throws(() => typesOf("a".repeat(40) + "y"), DbusError);
  assert.throws(() => typesOf("(".repeat(40) + "y" + ")".repeat(40)), DbusError);
  assert.deepEqual(typesOf("sa(sv)a{sv}ayb"), ["s", "a(sv)", "a{sv}", "ay", "b"]);
});

test("values that do not fit are not sent", () => {
  const wrong: [string, unknown][] = [
    ["y", 256],
    ["n", 32768],
    ["u", -1],
    ["i", 1.5],
    ["t", 1n << 64n],
    ["b", 1],
    ["s", "a\0b"],
    ["s", 5],
    ["g", "("],
    ["as", "a"],
    ["(su)", ["a"]],
    ["v", { signature: "ss", value: "a" }],
  ];
  for (const [signature, value] of wrong)
    assert.throws(() => marshalled(signature, value), DbusError, signature);
});

test("bytes that lie about their lengths are not believed", () => {
  const wrong: [string, string][] = [
    ["s", "ffffffff6100"],
    ["s", "0100000061"],
    ["s", "010000006162"],
    ["s", "0200000061006200"],
    ["as", "ffffff03"],
    ["as", "0500000001000000610000"],
    ["ay", "ffffffff"],
    ["b", "02000000"],
    ["v", "0273730000000000"],
    ["v", `${"017600".repeat(100)}`],
    ["t", "00"],
  ];
  for (const [signature, bytes] of wrong)
    assert.throws(() => new Reader(hex(bytes)).all(signature), DbusError, `${signature} ${bytes}`);
});

test("messages: what is encoded is decoded; a prefix tells the length; damage is told", () => {
  const call = {
    path: "/org/x",
    interface: "org.x.Y",
    member: "Z",
    signature: "su",
    body: ["a", 5],
  };
  const bytes = encodeCall(call, 77, "org.dest");
  assert.equal(lengthOf(bytes.subarray(0, PREFIX)), bytes.length);
  const { path, interface: from, member, serial, body } = decode(bytes);
  assert.deepEqual([path, from, member, serial, body], ["/org/x", "org.x.Y", "Z", 77, ["a", 5]]);
  assert.throws(() => lengthOf(hex("61000001".padEnd(32, "0"))), DbusError);
  assert.throws(() => lengthOf(hex("6c010002".padEnd(32, "0"))), DbusError);
  assert.throws(() => lengthOf(hex("6c010001ffffffff01000000ffffffff")), DbusError);
  // No damage of one byte is more than a message of another meaning, or a DbusError.
  for (let at = 0; at < bytes.length; at++)
    for (const value of [0, 1, 0x7f, 0xff]) {
      const damaged = bytes.slice();
      damaged[at] = value;
      try {
        decode(damaged);
      } catch (error) {
        assert.ok(error instanceof DbusError, `byte ${at} as ${value}: ${error}`);
      }
    }
});

test("addresses: sockets by path and by abstract name, escapes, and others left out", () => {
  assert.deepEqual(
    endpointsOf("tcp:host=a;unix:path=/run/a%2cb,guid=5;unix:abstract=/tmp/x;unix:tmpdir=/tmp"),
    [
      { socket: "/run/a,b", isBus: true },
      { socket: "\0/tmp/x", isBus: true },
    ],
  );
});

// --- a real bus ---------------------------------------------------------------------------------

const noBus = existsSync("/usr/bin/dbus-daemon")
  ? false
  : "dbus-daemon, of test/packages.txt, is not installed";

async function startBus(address: string, user = process.geteuid!()): Promise<void> {
  const child = spawn(
    "dbus-daemon",
    ["--session", `--address=${address}`, "--nofork", "--nopidfile", "--print-address=1"],
    { stdio: ["ignore", "pipe", "ignore"], uid: user },
  );
  children.push(child);
  await new Promise((resolve, reject) => {
    child.stdout!.once("data", resolve);
    child.once("exit", () => reject(new Error("dbus-daemon has ended")));
  });
}

const BUS = "org.freedesktop.DBus";
const toBus = (member: string, signature = "", body: unknown[] = []) =>
  [BUS, { path: "/org/freedesktop/DBus", interface: BUS, member, signature, body }] as const;

for (const [kind, address] of [
  ["a path", `unix:path=${join(place, "bus")}`],
  ["an abstract name", `unix:abstract=${join(place, "abstract")}`],
] as const)
  test(`a bus at ${kind}: calls, errors, signals`, { skip: noBus }, async () => {
    await startBus(address);
    const [endpoint] = endpointsOf(address);
    const bus = Dbus.connect(host, endpoint!);
    assert.ok(typeof bus !== "number", `errno ${bus}`);
    const [names] = bus.call(...toBus("ListNames"));
    assert.ok((names as string[]).includes(BUS));
    const [has] = bus.call(...toBus("NameHasOwner", "s", [BUS]));
    assert.equal(has, true);
    assert.throws(
      () => bus.call(...toBus("GetNameOwner", "s", ["org.nobody"])),
      (error: Error) =>
        error instanceof RemoteError && error.kind === `${BUS}.Error.NameHasNoOwner`,
    );
    // The signal comes before the answer, or behind it: both are heard.
    bus.match("type='signal',member='NameOwnerChanged',arg0='org.tvisor.Test'");
    bus.call(...toBus("RequestName", "su", ["org.tvisor.Test", 0]));
    const signal = bus.awaitSignal(({ member }) => member === "NameOwnerChanged", 5000, "a signal");
    assert.equal(signal.body[0], "org.tvisor.Test");
    assert.throws(
      () => bus.awaitSignal(({ member }) => member === "Never", 100, "the signal"),
      /it has not given the signal in time/,
    );
    // More than one piece of a socket's.
    const long = "x".repeat(3 << 20);
    assert.throws(() => bus.call(...toBus("GetNameOwner", "s", [long])), RemoteError);
    bus.close();
  });

// --- peers that do not behave -------------------------------------------------------------------

/** Listens, and does to the first connection what the script says. */
async function startPeer(name: string, script: string): Promise<string> {
  const path = join(place, name);
  const child = spawn(
    process.execPath,
    [
      "-e",
      `require("node:net").createServer((c) => { c.on("error", () => {}); ${script} }).listen(${JSON.stringify(path)}, () => console.log("up"))`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  return path;
}

const OK = 'c.once("data", () => c.write("DATA\\r\\nOK 1234\\r\\n"));';

for (const [what, script, expected] of [
  ["refuses us", 'c.write("REJECTED EXTERNAL\\r\\n");', /it does not let this user in/],
  ["goes away", "c.end();", /it has closed the connection|it cannot be/],
  ["speaks another protocol", 'c.write("x".repeat(100000));', /it does not speak D-Bus/],
] as const)
  test(`a peer that ${what} at the beginning`, async () => {
    const socket = await startPeer(what.replaceAll(" ", "-"), script);
    assert.throws(() => Dbus.connect(host, { socket, isBus: false }), expected);
  });

for (const [what, script, expected] of [
  ["is silent", "", /it has not given the answer to Go in time/],
  ["answers garbage", 'setTimeout(() => c.write("y".repeat(64)), 50);', /does not begin as one of/],
  [
    "says a length that nobody has",
    'setTimeout(() => c.write(Buffer.from("6c020101ffffff0701000000ffffff0f", "hex")), 50);',
    /a message is too long/,
  ],
  ["goes away", "setTimeout(() => c.destroy(), 50);", /it has closed the connection|it cannot be/],
] as const)
  test(`a peer that ${what} when it is called`, async () => {
    const socket = await startPeer(`called-${what.replaceAll(" ", "-")}`, OK + script);
    const bus = Dbus.connect(host, { socket, isBus: false });
    assert.ok(typeof bus !== "number");
    const call = { path: "/", interface: "a.b", member: "Go", signature: "", body: [] };
    assert.throws(() => bus.call("", call, 400), expected);
    bus.close();
  });

test("nobody listens: an error number, and for a name that is too long too", () => {
  assert.equal(Dbus.connect(host, { socket: join(place, "none"), isBus: false }), -2);
  assert.equal(Dbus.connect(host, { socket: `/${"x".repeat(108)}`, isBus: false }), -36);
});

test("who we are, the bus asks the host: root of a user namespace is somebody else", {
  skip: noBus || (process.geteuid!() === 0 ? false : "needs root, to be another user"),
}, async () => {
  const own = join(place, "own");
  mkdirSync(own);
  chmodSync(place, 0o755);
  chownSync(own, NOBODY, NOBODY);
  const address = `unix:path=${join(own, "bus")}`;
  await startBus(address, NOBODY);
  const script = `
    const { Dbus, endpointsOf } = require(process.argv[1] + "/src/cli/oci/cgroup/dbus.ts");
    const { openHost } = require(process.argv[1] + "/src/sentry/native.ts");
    const bus = Dbus.connect(openHost(), endpointsOf(process.argv[2])[0]);
    const call = (member, signature, ...body) =>
      bus.call("${BUS}", { path: "/", interface: "${BUS}", member, signature, body });
    call("RequestName", "su", "org.tvisor.Me", 0);
    console.log(process.geteuid(), ...call("GetConnectionUnixUser", "s", "org.tvisor.Me"));`;
  const root = new URL("../..", import.meta.url).pathname;
  const become = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const enter = ["unshare", "--user", "--map-root-user", process.execPath, "-e", script];
  const [program, ...rest] = [...become, ...enter, root, address];
  const { stdout, stderr } = spawnSync(program!, rest, { encoding: "utf8" });
  assert.equal(stdout, `0 ${NOBODY}\n`, stderr);
});
